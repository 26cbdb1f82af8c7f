"""Every message has Vietnamese words, with the same placeholders."""

import re

from marketplace import catalogs

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%%")


def test_no_message_lacks_vietnamese_words() -> None:
    assert catalogs.untranslated("vi") == []


def test_translations_keep_their_placeholders() -> None:
    for message in catalogs.read_catalog("vi"):
        ids = message.id if isinstance(message.id, tuple | list) else [message.id]
        words = message.string if isinstance(message.string, tuple | list) else [message.string]
        if ids[0]:
            for text in words:
                assert set(PLACEHOLDER.findall(text)) == set(PLACEHOLDER.findall(ids[-1])), ids


def test_messages_of_code_and_templates_are_found() -> None:
    found = {message.id for message in catalogs.extract_messages()}

    assert "Where shall the parcel go?" in found
    assert len(found) > 60

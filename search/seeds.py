"""The synonyms that an installation begins with. Afterwards they are edited in the admin."""

from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "data" / "synonyms.txt"


def rows() -> list[dict[str, Any]]:
    """Columns of a Synonym each."""
    found, language = [], ""
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            language = line.strip("[]")
        elif line and not line.startswith("#"):
            words, _colon, weight = line.rpartition(":")
            term, sign, expansion = words.partition(" == ") if " == " in words else words.partition(" = ")
            found.append(
                {
                    "term": term.strip(),
                    "language": language,
                    "expansion": expansion.strip(),
                    "weight": float(weight),
                    "both_ways": sign == " == ",
                }
            )
    return found


def load(model: Any) -> int:
    """Adds those that are not there; edited ones stay as they are. `model` is Synonym, or its shape in a migration."""
    wanted = [row for row in rows() if row["term"] != row["expansion"]]
    return len(model.objects.bulk_create([model(**row) for row in wanted], ignore_conflicts=True))

"""Scalars of the contract."""

import datetime as dt
import re
from typing import Any

import graphene
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from graphql import GraphQLError, StringValueNode, ValueNode
from graphql.language.ast import IntValueNode

MAX_AMOUNT = 2**53 - 1


def _bad(message: str) -> GraphQLError:
    return GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})


def _text(node: ValueNode, name: str) -> str:
    if not isinstance(node, StringValueNode):
        raise _bad(f"{name} is written as a string.")
    return node.value


class Amount(graphene.Scalar):
    """Whole đồng (or the currency's minor unit) as a JSON integer. Reports pass 2^31: never Int, never Float."""

    @staticmethod
    def serialize(value: Any) -> int:
        return int(value)

    @staticmethod
    def parse_value(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MAX_AMOUNT:
            raise _bad("Amount is a whole number of đồng, written without separators.")
        return value

    @staticmethod
    def parse_literal(node: ValueNode, variables: Any = None) -> int:
        if not isinstance(node, IntValueNode):
            raise _bad("Amount is a whole number of đồng, written without separators.")
        return Amount.parse_value(int(node.value))


class DateTime(graphene.Scalar):
    """ISO 8601 with an offset; answers are in UTC."""

    @staticmethod
    def serialize(value: dt.datetime) -> str:
        return value.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")

    @staticmethod
    def parse_value(value: Any) -> dt.datetime:
        try:
            parsed = parse_datetime(value) if isinstance(value, str) else None
        except ValueError:
            parsed = None
        if parsed is None:
            raise _bad("DateTime is written like 2026-11-22T08:30:00+07:00.")
        return parsed if timezone.is_aware(parsed) else timezone.make_aware(parsed)

    @staticmethod
    def parse_literal(node: ValueNode, variables: Any = None) -> dt.datetime:
        return DateTime.parse_value(_text(node, "DateTime"))


class Date(graphene.Scalar):
    """A day in Hà Nội (UTC+7), like 2026-11-22."""

    @staticmethod
    def serialize(value: dt.date) -> str:
        return value.isoformat()

    @staticmethod
    def parse_value(value: Any) -> dt.date:
        try:
            parsed = parse_date(value) if isinstance(value, str) else None
        except ValueError:
            parsed = None
        if parsed is None:
            raise _bad("Date is written like 2026-11-22.")
        return parsed

    @staticmethod
    def parse_literal(node: ValueNode, variables: Any = None) -> dt.date:
        return Date.parse_value(_text(node, "Date"))


_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*\Z")


class Language(graphene.Scalar):
    """BCP 47 tag, lower case: vi, en, ja, zh, ko, ru, pl, th, fr, …"""

    @staticmethod
    def serialize(value: Any) -> str:
        return str(value)

    @staticmethod
    def parse_value(value: Any) -> str:
        if not isinstance(value, str) or not _TAG.match(value.lower()):
            raise _bad("Language is a BCP 47 tag such as vi or en.")
        return value.lower()

    @staticmethod
    def parse_literal(node: ValueNode, variables: Any = None) -> str:
        return Language.parse_value(_text(node, "Language"))


class Upload(graphene.Scalar):
    """A file sent by GraphQL multipart request."""

    @staticmethod
    def serialize(value: Any) -> Any:
        raise _bad("Upload is for input only.")

    @staticmethod
    def parse_value(value: Any) -> Any:
        if not isinstance(value, UploadedFile):
            raise _bad("Send the file as a part of a multipart request.")
        return value

    @staticmethod
    def parse_literal(node: ValueNode, variables: Any = None) -> Any:
        raise _bad("Send the file as a variable of a multipart request.")

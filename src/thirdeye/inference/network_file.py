"""ONNX files are looked through before anything loads them: nothing outside the file, nothing custom.

An ONNX file is a protocol buffer. It may name further files to read ("external data", with any path) and
operators of other libraries. No network of this package does, so such a file is refused before a runtime
sees it. Only the skeleton is walked; weights are skipped.

Format: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from mmap import mmap
from typing import NamedTuple

from thirdeye.errors import StudyMismatch

Content = bytes | mmap
OWN_DOMAINS = (b"", b"ai.onnx")
_DEEPEST = 16
_VARINT, _EIGHT, _BYTES, _FOUR = 0, 1, 2, 5
_FIXED = {_EIGHT: 8, _FOUR: 4}


class _Field(NamedTuple):
    number: int
    start: int
    end: int
    value: int  # of a number; 0 for bytes


class _Damaged(Exception):
    """It is no protocol buffer, or one that ends too early."""


# message: number of a field to the message in it
_INSIDE: Mapping[str, Mapping[int, str]] = {
    "model": {7: "graph"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
# message: number of a field that none of our networks has, and what it is
_STRANGE: Mapping[str, Mapping[int, str]] = {
    "model": {20: "instructions for training", 25: "functions of its own"},
    "tensor": {13: "weights in another file", 14: "weights in another file"},
}
_DOMAIN = 7  # of a node
_GRAPH = 7  # of a model
_WEIGHT, _INPUT, _OUTPUT = 5, 11, 12  # of a graph


def refuse_unsafe(content: Content, name: str) -> None:
    """Refuse what is no plain ONNX network.

    Args:
        content: of the file.
        name: of the file, for the message.

    Raises:
        StudyMismatch: it is none, reads other files, or asks for operators of other libraries.
    """
    try:
        n_nodes = _look(content, "model", 0, len(content), name, 0)
    except _Damaged:
        n_nodes = 0
    if n_nodes == 0:
        raise StudyMismatch(
            f"{name} cannot be loaded (it is not an ONNX network, nothing of it was run); train the study "
            "again"
        )


def interface(content: Content) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of what a network takes and of what it gives, in the order of the file.

    Args:
        content: of a file that `refuse_unsafe` let pass.
    """
    inputs: list[str] = []
    outputs: list[str] = []
    weights: set[str] = set()
    for graph in _fields(content, 0, len(content)):
        if graph.number != _GRAPH:
            continue
        for field in _fields(content, graph.start, graph.end):
            if field.number in (_INPUT, _OUTPUT):
                (inputs if field.number == _INPUT else outputs).append(_name(content, field, 1))
            elif field.number == _WEIGHT:
                weights.add(_name(content, field, 8))
    return tuple(name for name in inputs if name not in weights), tuple(outputs)


def _name(content: Content, message: _Field, number: int) -> str:
    parts = (
        content[f.start : f.end] for f in _fields(content, message.start, message.end) if f.number == number
    )
    return next(parts, b"").decode("utf-8", "replace")


def _look(content: Content, message: str, start: int, end: int, name: str, depth: int) -> int:
    """Number of nodes in a message, after it was looked through."""
    if depth > _DEEPEST:
        raise _Damaged
    inside, strange = _INSIDE[message], _STRANGE.get(message, {})
    found = 0
    for field in _fields(content, start, end):
        if field.number in strange and (field.value or field.end > field.start):
            raise _refused(name, f"has {strange[field.number]}")
        if message == "node" and field.number == _DOMAIN:
            _check_domain(content[field.start : field.end], name)
        child = inside.get(field.number)
        if child is not None:
            found += child == "node"
            found += _look(content, child, field.start, field.end, name, depth + 1)
    return found


def _check_domain(domain: bytes, name: str) -> None:
    if domain not in OWN_DOMAINS:
        said = domain[:40].decode("ascii", "replace")
        raise _refused(name, f"asks for an operator of another library ({said!r})")


def _refused(name: str, why: str) -> StudyMismatch:
    return StudyMismatch(
        f"{name} cannot be loaded: it {why}, which no network of this package does. Nothing of it was run. "
        "Do not use this study; ask whoever gave it to you"
    )


def _fields(content: Content, at: int, end: int) -> Iterator[_Field]:
    """Fields of a message, in their order."""
    while at < end:
        tag, at = _varint(content, at, end)
        number, kind = tag >> 3, tag & 7
        if kind == _VARINT:
            value, at = _varint(content, at, end)
            yield _Field(number, at, at, value)
            continue
        if kind == _BYTES:
            length, at = _varint(content, at, end)
        elif kind in _FIXED:
            length = _FIXED[kind]
        else:
            raise _Damaged
        if number == 0 or at + length > end:
            raise _Damaged
        yield _Field(number, at, at + length, 0)
        at += length


def _varint(content: Content, at: int, end: int) -> tuple[int, int]:
    value = shift = 0
    while at < end and shift < 64:
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
    raise _Damaged

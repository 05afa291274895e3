"""What a home function's call becomes: shared by the tests of all domains."""

from __future__ import annotations

from typing import Any

from custom_components.functiongemma.core.calls import FunctionCall, Value
from custom_components.functiongemma.core.catalogue import BY_NAME
from custom_components.functiongemma.core.constraint.grammar import CallGrammar
from custom_components.functiongemma.core.home import Entity, Home
from custom_components.functiongemma.core.resolve import Action, Ambiguous, resolve


def home_of(domain: str, **fields: Any) -> Home:
    """A home with two devices of a domain, of which nothing is unsupported."""
    return Home((Entity(f"{domain}.a", "One", **fields), Entity(f"{domain}.b", "Two", **fields)))


def service(
    name: str, domain: str | None = None, /, **arguments: Value
) -> tuple[str, dict[str, Any]]:
    """The action, and its data, that a call for one device becomes."""
    function = BY_NAME[name]
    target: dict[str, Value] = {"name": "Two"} if function.has_target else {}
    home = home_of(domain or name.partition(".")[0])
    resolved = resolve(home, FunctionCall(name, {**target, **arguments}))
    assert isinstance(resolved, Action), resolved
    ids = [entity.entity_id for entity in resolved.entities]
    assert ids == ([home.entities[1].entity_id] if function.has_target else [])
    return resolved.service, dict(resolved.data)


def asks_which(name: str, domain: str | None = None, /, **arguments: Value) -> bool:
    """Whether a call for everything of the domain is a reason to ask which one."""
    home = home_of(domain or name.partition(".")[0])
    resolved = resolve(home, FunctionCall(name, {"area": "all", **arguments}))
    assert isinstance(resolved, (Action, Ambiguous)), resolved
    return isinstance(resolved, Ambiguous)


def needs(name: str, feature: str | None) -> bool:
    """Whether the function is offered to exactly the devices that have `feature`."""
    domain = name.partition(".")[0]
    has = home_of(domain, features=frozenset({feature} if feature else ()))
    lacks = home_of(domain, features=frozenset({"something else"}))
    function = BY_NAME[name]
    if not CallGrammar(has, function).possible:
        return False
    return feature is None or not CallGrammar(lacks, function).possible


def parameter(name: str, parameter: str) -> Any:
    """A parameter of a function."""
    return next(p for p in BY_NAME[name].parameters if p.name == parameter)

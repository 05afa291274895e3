"""Installed, wiped, replaced and lost for real, in a throwaway environment (see `inside.py`)."""

from __future__ import annotations

import pytest

from ..nested import Outcomes
from .environment import make_environment, real_wheel

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    wheel = real_wheel()
    python = make_environment(tmp_path_factory.mktemp("throwaway") / "environment")
    # No compiler: building the real thing takes minutes.
    environ = {"CC": "/none", "CXX": "/none", "INSIDE_WHEEL": str(wheel)}
    return Outcomes([python], "install/inside.py", environ)


def test_bare_machine_says_what_it_lacks_and_works_once_a_wheel_is_brought(
    inside: Outcomes,
) -> None:
    inside.expect("test_bare_machine")


def test_upgrade_of_home_assistant_that_wipes_the_runtime_is_a_pause_and_no_more(
    inside: Outcomes,
) -> None:
    inside.expect("test_upgrade_that_wipes_packages")


def test_runtime_replaced_in_the_middle_of_a_sentence_is_not_noticed(inside: Outcomes) -> None:
    inside.expect("test_upgrade_in_mid_sentence")


@pytest.mark.parametrize("loss", ["_removed", "_half_removed", "_mixed", "_own_folder_cleared"])
def test_runtime_lost_while_in_use_is_told_and_had_again(inside: Outcomes, loss: str) -> None:
    inside.expect(f"test_lost_in_use[{loss}]")

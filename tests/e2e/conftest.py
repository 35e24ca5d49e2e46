"""A live server and Debian's Chromium; without Chromium these tests say how to have it."""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Page

from tests.site import PASSWORD, Site

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
# KRDS moves even colours for 0.4 s; half-way states would be measured.
STILL = "*,*::before,*::after{transition:none!important;animation:none!important}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs the browser."""
    for item in items:
        if "tests/e2e" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(
                    pytest.mark.skip(reason="needs Chromium: apt-get install chromium, or CHROMIUM=/path/to/chrome")
                )


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, never a download."""
    return {**browser_type_launch_args, "executable_path": CHROMIUM}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A resident's browser in Korea that asks for no motion."""
    return {
        **browser_context_args,
        "locale": "ko-KR",
        "timezone_id": "Asia/Seoul",
        "reduced_motion": "reduce",
    }


@pytest.fixture(scope="session")
def base_url() -> str:
    """None is set: tests say the address they mean. (The plugin's own fixture warns under pytest 9.)"""
    return ""


@pytest.fixture(scope="session")
def live(site: Site) -> Iterator[str]:
    """The address of the site, served by uvicorn in a thread."""
    server = uvicorn.Server(uvicorn.Config(site.app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=10)


def sign_in(page: Page, live: str) -> None:
    """Sign in as the administrator through the form."""
    page.goto(live + "/login")
    page.get_by_label("아이디").fill("admin")
    page.get_by_label("비밀번호").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="로그인").click()
    page.wait_for_url("**/account")


def full_height(page: Page, width: int) -> None:
    """Make the window as high as the page: axe only judges contrast of what is in view."""
    page.set_viewport_size({"width": width, "height": page.evaluate("document.documentElement.scrollHeight")})

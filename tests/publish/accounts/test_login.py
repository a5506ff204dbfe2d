"""A person logs in: with three platforms' servers, and everything that can go differently in a browser."""

import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from pipeline.documents.message import Message
from pipeline.errors import UserMistake
from pipeline.network.errors import ClockWrong
from pipeline.publish.accounts import Account, AppRejected, LoginFailed, Tokens, login
from pipeline.publish.accounts.callback import Callback
from pipeline.secrets.errors import LoginNeeded
from pipeline.secrets.secret import Secret
from pipeline.secrets.vault import Vault
from tests.fakes.login_apps import APPS, asked, browse, free_port
from tests.fakes.servers import bilibili, kuaishou, youtube
from tests.fakes.servers.base import Server
from tests.fakes.servers.fault_plan import Fault, Plan
from tests.fakes.servers.kuaishou import KuaishouServer, KuaishouSettings
from tests.fakes.servers.record import Clock

SERVERS = (kuaishou.KuaishouServer, youtube.YouTubeServer, bilibili.BilibiliServer)
Configure = Callable[..., Account]


def with_secret(vault: Vault, account: Account) -> Account:
    vault.keep_app_secret(account.name, Secret(APPS[account.platform][1]))
    return account


@pytest.fixture
def account(configure: Configure, vault: Vault) -> Callable[..., Account]:
    """An account of a server's platform that is ready for a login."""

    def make(server: Server, **more: str) -> Account:
        redirect = more.pop("redirect", f"http://127.0.0.1:{free_port()}/back")
        return with_secret(vault, configure(server.platform, server.url, redirect=redirect, **more))

    return make


@pytest.mark.parametrize("kind", SERVERS, ids=lambda kind: kind.platform)
def test_a_login_brings_a_token_that_the_platform_takes(
    kind: type[Server], account: Callable[..., Account], vault: Vault, visits: Callable[[str], None]
) -> None:
    with kind() as server:
        shop = account(server)
        done = login(shop, vault, show=visits)
        token = Tokens(vault).access_token(shop)
        assert server.grants.holder(token.get_secret_value()).account == "coop-main"
        assert done.access_ends > datetime.now(UTC) + timedelta(minutes=50)


def test_the_phone_scan_is_another_page_of_the_same_login(account: Callable[..., Account], vault: Vault) -> None:
    with KuaishouServer() as server:
        seen: list[str] = []

        def show(address: str) -> None:
            seen.append(address)
            threading.Thread(target=browse, args=(address,)).start()

        assert login(account(server), vault, show=show, way="scan").user == "coop-main"
        assert urlsplit(seen[0]).path == "/oauth2/connect"
        assert "ua" not in parse_qs(urlsplit(seen[0]).query)


def test_google_may_send_the_browser_to_any_free_port(configure: Configure, vault: Vault, visits: Callable[[str], None]) -> None:
    with youtube.YouTubeServer() as server:
        shop = with_secret(vault, configure("youtube", server.url, redirect=""))
        login(shop, vault, show=visits)
        assert asked(server, "token") == 1


def test_a_code_that_somebody_else_took_is_worth_nothing_without_the_verifier(account: Callable[..., Account], vault: Vault) -> None:
    """PKCE: the server refuses the code with another verifier, so the challenge was really sent."""
    with youtube.YouTubeServer() as server:
        shop, caught = account(server), []

        def show(address: str) -> None:
            caught.append(parse_qs(urlsplit(address).query))
            threading.Thread(target=browse, args=(address,)).start()

        login(shop, vault, show=show)
        code = server.grants.permit("coop-main", (), redirect=caught[0]["redirect_uri"][0], challenge=caught[0]["code_challenge"][0])
        form = {
            "client_id": youtube.CLIENT_ID, "client_secret": youtube.CLIENT_SECRET, "grant_type": "authorization_code",
            "code": code, "redirect_uri": caught[0]["redirect_uri"][0], "code_verifier": "x" * 43,
        }  # fmt: skip
        assert httpx.post(f"{server.url}/token", data=form, trust_env=False).json()["error"] == "invalid_grant"


@pytest.mark.parametrize("kind", SERVERS, ids=lambda kind: kind.platform)
def test_a_no_in_the_browser_saves_nothing(
    kind: type[Server], account: Callable[..., Account], vault: Vault, visits: Callable[[str], None]
) -> None:
    with kind(settings=kind.Settings(consents=False)) as server:
        shop = account(server)
        with pytest.raises(LoginFailed, match="access_denied"):
            login(shop, vault, show=visits)
        assert vault.read(shop.name).grant is None
        assert asked(server, "token") == 0


def test_an_answer_to_another_login_is_passed_over(account: Callable[..., Account], vault: Vault) -> None:
    with KuaishouServer() as server:
        shop = account(server)
        statuses: list[int] = []

        def show(address: str) -> None:
            def go() -> None:
                statuses.append(browse(f"{shop.redirect}?code=planted&state=of-somebody-else").status_code)
                statuses.append(browse(f"{shop.redirect}?code=planted").status_code)
                statuses.append(browse(address).status_code)

            threading.Thread(target=go).start()

        assert login(shop, vault, show=show).user == "coop-main"
        assert statuses[:2] == [400, 400]
        assert asked(server, "token") == 1


def test_a_page_elsewhere_that_points_its_own_name_here_is_told_nothing(account: Callable[..., Account], vault: Vault) -> None:
    with KuaishouServer() as server:
        shop = account(server)
        statuses: list[int] = []

        def show(address: str) -> None:
            def go() -> None:
                state = parse_qs(urlsplit(address).query)["state"][0]
                there = f"{shop.redirect}?code=planted&state={state}"
                statuses.append(httpx.get(there, headers={"Host": "evil.example:80"}, trust_env=False).status_code)
                browse(address)

            threading.Thread(target=go).start()

        assert login(shop, vault, show=show).user == "coop-main"
        assert statuses == [404]


def test_a_browser_that_comes_back_twice_exchanges_one_code(account: Callable[..., Account], vault: Vault) -> None:
    with KuaishouServer() as server:
        shop = account(server)
        done = threading.Event()

        def visit(address: str) -> None:
            with suppress(httpx.TransportError):  # the second may find nobody there any more
                httpx.get(address, trust_env=False)

        def show(address: str) -> None:
            def go() -> None:
                with httpx.Client(trust_env=False) as browser:
                    back = browser.get(address).headers["location"]
                    pair = [threading.Thread(target=visit, args=(back,)) for _ in range(2)]
                    for thread in pair:
                        thread.start()
                    for thread in pair:
                        thread.join()
                done.set()

            threading.Thread(target=go).start()

        login(shop, vault, show=show)
        done.wait(10)
        assert asked(server, "token") == 1


def test_of_two_answers_the_first_counts() -> None:
    with Callback("", "state") as callback:
        pages = [browse(f"{callback.redirect}?state=state&code={code}") for code in ("first", "second")]
        answer = callback.wait(5)
    assert [page.status_code for page in pages] == [200, 200]
    assert answer is not None
    assert answer.code == Secret("first")


def test_the_page_that_is_left_in_the_browser_gives_the_code_to_nobody() -> None:
    with Callback("", "state") as callback:
        page = browse(f"{callback.redirect}?state=state&code=planted")
        elsewhere = browse(f"{callback.redirect}favicon.ico?state=state&code=planted")
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["cache-control"] == "no-store"
    assert "planted" not in page.text
    assert elsewhere.status_code == 404


def test_nobody_at_the_browser_ends_the_wait(account: Callable[..., Account], vault: Vault) -> None:
    with KuaishouServer() as server:
        with pytest.raises(LoginFailed, match="no answer came"):
            login(account(server), vault, show=lambda _: None, patience_s=0.2)
        assert asked(server, "token") == 0


def test_a_port_that_is_taken_is_named(account: Callable[..., Account], vault: Vault) -> None:
    with KuaishouServer() as server, KuaishouServer() as other, pytest.raises(UserMistake, match=urlsplit(other.url).netloc[10:]):
        login(account(server, redirect=f"{other.url}/back"), vault, show=lambda _: None)


def test_the_same_port_serves_the_next_login_at_once(account: Callable[..., Account], vault: Vault, visits: Callable[[str], None]) -> None:
    with KuaishouServer() as server:
        shop = account(server)
        for _ in range(3):
            login(shop, vault, show=visits)


def pasting(*texts: str) -> tuple[Callable[[Message | None], str], list[Message | None]]:
    told: list[Message | None] = []
    left = list(texts)

    def paste(problem: Message | None) -> str:
        told.append(problem)
        return left.pop(0) if left else ""

    return paste, told


@pytest.mark.parametrize("whole", [True, False], ids=["address", "code"])
def test_where_the_browser_ends_elsewhere_its_address_or_the_code_is_pasted(
    whole: bool, account: Callable[..., Account], vault: Vault
) -> None:
    with KuaishouServer() as server:
        shop = account(server, redirect="https://coop.example/back")
        back: list[str] = []

        def show(address: str) -> None:
            back.append(httpx.get(address, trust_env=False).headers["location"])

        def paste(_: Message | None) -> str:
            return f"  {back[0]}\n" if whole else parse_qs(urlsplit(back[0]).query)["code"][0]

        assert login(shop, vault, show=show, paste=paste).user == "coop-main"


def test_a_wrong_paste_is_asked_for_again_with_the_reason(account: Callable[..., Account], vault: Vault) -> None:
    with KuaishouServer() as server:
        paste, told = pasting("https://coop.example/back?code=planted&state=other", "你好 世界", "")
        with pytest.raises(LoginFailed):
            login(account(server, redirect="https://coop.example/back"), vault, show=lambda _: None, paste=paste)
        assert told[0] is None
        assert all(problem is not None for problem in told[1:])
        assert asked(server, "token") == 0


def test_permissions_that_were_left_out_are_named(account: Callable[..., Account], vault: Vault) -> None:
    """Google lets a person untick what the app asks for."""
    with youtube.YouTubeServer() as server:
        shop = account(server)

        def show(address: str) -> None:
            ticked = address.replace("youtube.upload", "userinfo.email")
            threading.Thread(target=browse, args=(ticked,)).start()

        with pytest.raises(LoginFailed, match=r"auth/youtube\.upload"):
            login(shop, vault, show=show)
        assert vault.read(shop.name).grant is None


def test_another_person_in_the_browser_is_noticed(account: Callable[..., Account], vault: Vault, visits: Callable[[str], None]) -> None:
    with KuaishouServer() as server:
        shop = account(server)
        login(shop, vault, show=visits)
        server.settings = server.common = KuaishouSettings(consents_as="somebody-else")
        with pytest.raises(LoginFailed, match="somebody else"):
            login(shop, vault, show=visits)
        assert vault.read(shop.name).grant.user == "coop-main"  # type: ignore[union-attr]
        assert login(shop, vault, show=visits, another_user=True).user == "somebody-else"


def test_a_wrong_app_secret_is_a_mistake_in_the_setup(account: Callable[..., Account], vault: Vault, visits: Callable[[str], None]) -> None:
    for kind in SERVERS:
        with kind() as server:
            shop = account(server)
            vault.keep_app_secret(shop.name, Secret("planted-wrong-one"))
            with pytest.raises(AppRejected) as caught:
                login(shop, vault, show=visits)
            assert "planted" not in str(caught.value)


def test_without_the_app_secret_no_page_is_opened(configure: Configure, vault: Vault) -> None:
    shown: list[str] = []
    with pytest.raises(LoginNeeded, match="app secret"):
        login(configure("kuaishou", "http://127.0.0.1:9"), vault, show=shown.append)
    assert not shown


@pytest.mark.parametrize("off", [timedelta(days=1), timedelta(days=-1)], ids=["ahead", "behind"])
def test_a_clock_that_is_a_day_off_is_said_before_anything_is_saved(
    off: timedelta, account: Callable[..., Account], vault: Vault, visits: Callable[[str], None]
) -> None:
    with KuaishouServer(clock=Clock()) as server:
        shop = account(server)
        with pytest.raises(ClockWrong, match="Set the clock right") as caught:
            login(shop, vault, show=visits, now=lambda: datetime.now(UTC) + off)
        assert caught.value.off_s == pytest.approx(off.total_seconds(), abs=60)
        assert vault.read(shop.name).grant is None


def test_a_platform_that_fails_at_the_exchange_is_not_asked_twice_with_one_code(
    account: Callable[..., Account], vault: Vault, visits: Callable[[str], None]
) -> None:
    with KuaishouServer(Plan(faults=(Fault(kind="http_502", endpoint="token", done=True),))) as server:
        shop = account(server)
        with pytest.raises(Exception, match="does not answer"):
            login(shop, vault, show=visits)
        assert asked(server, "token") == 1
        assert vault.read(shop.name).grant is None


def test_bilibilis_lifetime_may_be_a_date(account: Callable[..., Account], vault: Vault, visits: Callable[[str], None]) -> None:
    """Clients of the platform disagree whether expires_in is a number of seconds or the moment itself."""

    class Dated(bilibili.BilibiliServer):
        def _tokens(self, grant):  # type: ignore[no-untyped-def]
            answer = super()._tokens(grant)
            answer.data["data"]["expires_in"] = int(grant.access_ends.timestamp())
            return answer

    with Dated() as server:
        ends = login(account(server), vault, show=visits).access_ends
        assert timedelta(days=29) < ends - datetime.now(UTC) < timedelta(days=31)

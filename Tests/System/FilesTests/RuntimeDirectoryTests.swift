import Files
import Testing

@Suite struct RuntimeDirectoryTests {
    @Test(
        arguments: [
            (["RUNTIME_DIRECTORY": "/run/strapline", "XDG_RUNTIME_DIR": "/run/user/7"], "/run/strapline"),
            (["RUNTIME_DIRECTORY": "/run/a:/run/b"], "/run/a"),
            (["XDG_RUNTIME_DIR": "/run/user/7"], "/run/user/7/strapline"),
            (["RUNTIME_DIRECTORY": "", "XDG_RUNTIME_DIR": "run", "HOME": "/home/a"], "/home/a/.local/state/strapline"),
        ])
    func path_isInMemory_whereTheSystemHasAFolderThere(environment: [String: String], path: String) {
        #expect(RuntimeDirectory.path(environment: environment) == path)
    }
}

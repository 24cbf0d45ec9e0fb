import Testing

@testable import Console

@Suite struct HomeArgumentsTests {
    @Test(arguments: [
        ("--database=~/hub.sqlite", "--database=/home/anna/hub.sqlite"), ("--tokens=~/a b", "--tokens=/home/anna/a b"),
        ("--database=hub.sqlite", "--database=hub.sqlite"), ("--tokens=~ben/x", "--tokens=~ben/x"),
        ("--output=folder=~/x", "--output=folder=~/x"), ("name=~/x", "name=~/x"), ("~/x", "~/x"), ("--json", "--json"),
    ])
    func argument_withTheHomeBehindItsEqualsSign_isAWholePath(argument: String, resolved: String) {
        #expect(HomeArguments.resolved([argument], home: "/home/anna") == [resolved])
    }

    @Test(arguments: [nil, ""] as [String?]) func argument_withoutAHome_stays(home: String?) {
        #expect(HomeArguments.resolved(["--database=~/x"], home: home) == ["--database=~/x"])
    }
}

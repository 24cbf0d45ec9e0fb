import Glibc

/// libFuzzer, which comes with Swift; its options are at https://llvm.org/docs/LibFuzzer.html.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// Feeds bytes to the fuzzer that `STRAPLINE_FUZZER` names; see `scripts/fuzz.sh`.
@main enum FuzzDriver {
    fileprivate static let fuzzer: Fuzzer = {
        let name = getenv("STRAPLINE_FUZZER").map { String(cString: $0) } ?? ""
        guard let fuzzer = Fuzzer.all.first(where: { $0.name == name }) else {
            complain("STRAPLINE_FUZZER is one of: \(names.joined(separator: " "))")
            exit(64)
        }
        return fuzzer
    }()

    private static var names: [String] { Fuzzer.all.map { $0.name } }

    fileprivate static func complain(_ text: String) {
        var line = text + "\n"
        line.withUTF8 { _ = write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }

    static func main() {
        if CommandLine.arguments.contains("--list") { return print(names.joined(separator: "\n")) }
        _ = fuzzer
        var count = CommandLine.argc
        var arguments = CommandLine.unsafeArgv
        exit(runDriver(&count, &arguments, testOneInput))
    }
}

/// libFuzzer's own main asks for it by this name.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    // libFuzzer calls a C function and waits for its return; nothing else runs on this thread.
    let done = Semaphore()
    Task {
        do {
            try await FuzzDriver.fuzzer.check(bytes)
        } catch {
            FuzzDriver.complain("\(FuzzDriver.fuzzer.name): \(error)")
            abort()
        }
        done.signal()
    }
    done.wait()
    return 0
}

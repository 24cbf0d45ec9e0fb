import NIOCore

/// Drives a ``LoadGenerator`` from outside its event loop.
struct LoadControl: Sendable {
    let generator: NIOLoopBound<LoadGenerator>
    let loop: any EventLoop

    func connect(readers: Int, writers: Int, atOnce: Int) async throws {
        var left = readers
        while left > 0 {
            let count = min(left, atOnce)
            try await onLoop { generator, loop in
                EventLoopFuture.andAllSucceed((0..<count).map { _ in generator.addReader() }, on: loop)
            }
            left -= count
        }
        for _ in 0..<writers { try await onLoop { generator, _ in generator.addWriter() } }
    }

    /// See ``LoadGenerator/write(_:)``.
    func write(_ count: Int) async throws {
        try await onLoop { generator, _ in generator.write(count) }
    }

    /// Has all writers write for a time. Returns how many writes were accepted.
    func write(for time: Duration) async throws -> Int {
        try await loop.submit { generator.value.beginWriting() }.get()
        try await Task.sleep(for: time)
        let (answers, last) = try await loop.submit { try generator.value.endWriting() }.get()
        try await last.get()
        return answers
    }

    /// How long each delivery took since this was asked last, from the beginning of the write.
    func takeLatencies() async throws -> [Duration] {
        try await loop.submit {
            defer { generator.value.forgetLatencies() }
            return generator.value.latencies
        }.get()
    }

    func close() async throws {
        try await onLoop { generator, _ in generator.close() }
    }

    private func onLoop(
        _ body: @escaping @Sendable (LoadGenerator, any EventLoop) -> EventLoopFuture<Void>
    ) async throws {
        try await loop.flatSubmit { body(generator.value, loop) }.get()
    }
}

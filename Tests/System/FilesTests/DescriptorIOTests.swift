import Files
import Foundation
import Glibc
import TestKit
import Testing

@Suite struct DescriptorIOTests {
    private let directory = TemporaryDirectory()
    private var path: String { directory.file("text") }

    private func open(_ flags: Int32) throws -> Int32 {
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        return descriptor
    }

    private func write(_ bytes: [UInt8]) throws {
        let descriptor = try open(O_WRONLY | O_CREAT | O_TRUNC)
        defer { close(descriptor) }
        try DescriptorIO.write(bytes, to: descriptor)
    }

    /// Both ends of a pipe that does not block.
    private func makePipe() throws -> (reader: Int32, writer: Int32) {
        var ends: [Int32] = [0, 0]
        try #require(pipe(&ends) == 0)
        // A program that another test starts would keep the writer open, and the reader would wait for its end.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
        return (ends[0], ends[1])
    }

    @Test(arguments: [0, 1, 100_000]) func read_givesWhatWasWritten(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        try write(bytes)
        let descriptor = try open(O_RDONLY)
        defer { close(descriptor) }
        #expect(try DescriptorIO.read(from: descriptor, limit: count + 1) == bytes)
    }

    @Test func read_stopsAtTheLimit() throws {
        try write([1, 2, 3])
        let descriptor = try open(O_RDONLY)
        defer { close(descriptor) }
        #expect(try DescriptorIO.read(from: descriptor, limit: 2) == [1, 2])
        #expect(try DescriptorIO.read(from: descriptor, limit: 2) == [3])
    }

    @Test func read_ofAFolder_throws() throws {
        let descriptor = Glibc.open(directory.path, O_RDONLY | O_CLOEXEC)
        defer { close(descriptor) }
        let error = #expect(throws: DescriptorIO.Failure.self) { try DescriptorIO.read(from: descriptor, limit: 1) }
        #expect(error?.code == EISDIR)
    }

    @Test func write_toAFullPipe_throws() throws {
        let (reader, writer) = try makePipe()
        defer {
            close(reader)
            close(writer)
        }
        let error = #expect(throws: DescriptorIO.Failure.self) {
            try DescriptorIO.write([UInt8](repeating: 0, count: 1 << 20), to: writer)
        }
        #expect(error?.code == EAGAIN)
    }

    @Test func write_thatWaits_writesEverythingToAFullPipe() async throws {
        let (reader, writer) = try makePipe()
        defer { close(reader) }
        let bytes = [UInt8](repeating: 7, count: 1 << 20)
        async let read = Self.onAThread { try DescriptorIO.read(from: reader, limit: 2 << 20) }
        try await Self.onAThread {
            defer { close(writer) }
            try DescriptorIO.write(bytes, to: writer, waits: true)
        }
        #expect(try await read == bytes)
    }

    /// Runs work that blocks outside of the runtime's pool.
    private static func onAThread<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Swift.Result { try work() })
            }
        }
    }
}

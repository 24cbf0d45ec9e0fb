import CZlib

/// Reads a stream of gzip, for a test of a compressed body.
package enum Gunzip {
    package struct Failure: Error {
        let code: Int32
    }

    package static func bytes(of compressed: [UInt8], limit: Int = 1 << 22) throws -> [UInt8] {
        var stream = z_stream()
        let begun = inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard begun == Z_OK else { throw Failure(code: begun) }
        defer { inflateEnd(&stream) }
        var input = compressed
        var end = Z_OK
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { output, count in
            input.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                end = inflate(&stream, Z_FINISH)
            }
            count = Int(stream.total_out)
        }
        guard end == Z_STREAM_END else { throw Failure(code: end) }
        return bytes
    }
}

/// Why an outbox cannot be opened or used. ``description`` names the next step.
package struct OutboxError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        case folderMissing
        case notWritable
        /// A reader or a single command has no permission.
        case notPermitted
        /// Another process has the outbox open.
        case inUse
        case notAnOutbox
        /// The file was made by a newer Strapline.
        case newerSchema
        /// The file was made by an older Strapline, and a reader cannot migrate it.
        case olderSchema
        case damaged
        /// The disk cannot read a part of the file. The uploader passes over it, a reader cannot.
        case unreadable
        case diskFull
        /// The file system does not take writes from anyone.
        case readOnlyDisk
        /// The file system cannot do what a database needs: a network's, FUSE, a folder that a virtual machine shares.
        case unsuitableDisk
        /// The file is no longer where it was: its disk is gone, or it was moved.
        case vanished
        case missing
        case undeclaredLane
        case storageFailed
    }

    package let code: Code
    package let path: String
    /// The finding: SQLite's or the system's own message if there is one.
    package let detail: String

    package var description: String {
        let sentence = "outbox \(path): \(detail)"
        return nextStep.map { "\(sentence). \($0)" } ?? sentence
    }

    /// The next step for the user.
    package var nextStep: String? {
        let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
        return switch code {
        case .folderMissing: "Make the folder: mkdir -p \(folder)"
        case .notWritable: "Give the uploader's user write permission for \(folder) and the file in it"
        case .inUse: "Stop the other one first, or give this one an outbox of its own in its configuration"
        case .notAnOutbox: "Name another file, or move this one away"
        case .newerSchema: "Use the version that wrote it, or a newer one"
        case .olderSchema: "Start the uploader of this version once: it brings the file up to date"
        case .notPermitted: "Do this as the user who runs the uploader, or as root"
        case .damaged: "Move the file away. To recover its readings: sqlite3 \(path) .recover"
        case .unreadable:
            "The uploader goes on without that part. To copy the rest to another disk: sqlite3 \(path) .recover"
        case .diskFull: "Free disk space"
        case .readOnlyDisk: "See why with dmesg; then: mount -o remount,rw \(folder), or its mount point"
        case .unsuitableDisk: "Put it on a local disk: outbox.path in the configuration"
        case .vanished: "Mount its disk again, or restart the uploader to begin a new file"
        case .missing: "The first start of the uploader makes it: is the path right?"
        case .undeclaredLane, .storageFailed: nil
        }
    }

    init(_ code: Code, path: String, detail: String) {
        self.code = code
        self.path = path
        self.detail = detail
    }

    /// Whether the disk is at fault. That may end, and until then readings can wait in memory.
    var isDiskFault: Bool {
        switch code {
        case .diskFull, .readOnlyDisk, .storageFailed: true
        default: false
        }
    }

    /// Whether the file is damaged: its content was never written by Strapline.
    var meansDamage: Bool { code == .damaged || code == .notAnOutbox }

    /// In a few words, for a status.
    var summary: String {
        switch code {
        case .diskFull: "disk full"
        case .readOnlyDisk: "disk read-only"
        case .unsuitableDisk: "not on a local disk"
        case .vanished: "its file is gone"
        case .damaged, .notAnOutbox: "file damaged"
        case .unreadable: "the disk cannot read a part of it"
        case .inUse: "locked by another program"
        case .notWritable: "not permitted"
        default: "storage failed"
        }
    }
}

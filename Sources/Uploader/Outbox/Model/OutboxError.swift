/// Why an outbox cannot be opened or used. ``description`` tells the user what to do next.
package struct OutboxError: Error, Sendable, CustomStringConvertible {
    package enum Code: String, Sendable, CaseIterable {
        case folderMissing
        case notWritable
        /// Only looked at, or asked for one thing, by a user who may not.
        case notPermitted
        /// Another process has the outbox open.
        case inUse
        case notAnOutbox
        /// The file was made by a newer Strapline.
        case newerSchema
        /// The file was made by an older Strapline, and only looking on does not bring it up to date.
        case olderSchema
        case damaged
        case diskFull
        /// The file system does not take writes from anyone.
        case readOnlyDisk
        /// The file system cannot do what a database needs: a network's, FUSE, a folder that a virtual machine shares.
        case unsuitableDisk
        /// The file is no longer where it was: its disk is gone, or somebody has moved it.
        case vanished
        case missing
        case undeclaredLane
        case storageFailed
    }

    package let code: Code
    package let path: String
    /// What was found, in the words of SQLite or of the system where they said it.
    package let detail: String

    package var description: String {
        let sentence = "outbox \(path): \(detail)"
        return nextStep.map { "\(sentence). \($0)" } ?? sentence
    }

    /// What the user does about it.
    package var nextStep: String? {
        let folder = path.lastIndex(of: "/").map { path[..<$0] } ?? "."
        return switch code {
        case .folderMissing: "Make the folder: mkdir -p \(folder)"
        case .notWritable: "Let the user who runs strapline write to \(folder) and to the file in it"
        case .inUse: "Stop the other one first, or give this one an outbox of its own in its configuration"
        case .notAnOutbox: "Name another file, or move this one away"
        case .newerSchema: "Use the strapline that wrote it, or a newer one"
        case .olderSchema: "Start the uploader of this version once: it brings the file up to date"
        case .notPermitted: "Do this as the user who runs the uploader, or as root"
        case .damaged: "Move the file away; what can be read of it: sqlite3 \(path) .recover"
        case .diskFull: "Make room on the disk"
        case .readOnlyDisk: "See why with dmesg; then: mount -o remount,rw \(folder), or its mount point"
        case .unsuitableDisk: "Put it on a local disk: outbox.path in the configuration"
        case .vanished: "Mount its disk again; or start strapline again, which then begins a new file"
        case .missing: "It is made when strapline runs for the first time; is the path right?"
        case .undeclaredLane, .storageFailed: nil
        }
    }

    init(_ code: Code, path: String, detail: String) {
        self.code = code
        self.path = path
        self.detail = detail
    }

    /// Whether the disk is at fault: that may end, and meanwhile readings can wait in memory.
    var isDiskFault: Bool {
        switch code {
        case .diskFull, .readOnlyDisk, .storageFailed: true
        default: false
        }
    }

    /// Whether the file holds what was never written to it.
    var meansDamage: Bool { code == .damaged || code == .notAnOutbox }

    /// In a few words, for a status.
    var summary: String {
        switch code {
        case .diskFull: "disk full"
        case .readOnlyDisk: "disk read-only"
        case .unsuitableDisk: "not on a local disk"
        case .vanished: "its file is gone"
        case .damaged, .notAnOutbox: "file damaged"
        case .inUse: "locked by another program"
        case .notWritable: "not permitted"
        default: "storage failed"
        }
    }
}

import FoundationEssentials

extension BroadcastServer {
    /// nginx with nchan: one worker, one channel, no log, nothing on disk, no check of permissions. Its messages are as
    /// long as those of the hub.
    static func nchan(nginx: String, module: String, folder: String, port: Int) throws -> BroadcastServer {
        let configuration = """
            load_module \(module);
            daemon off;
            worker_processes 1;
            worker_rlimit_nofile 20000;
            pid \(folder)/nginx.pid;
            error_log stderr crit;
            events { worker_connections 12000; }
            http {
                access_log off;
                client_body_temp_path \(folder);
                keepalive_requests 100000000;
                server {
                    listen 127.0.0.1:\(port) backlog=1024;
                    tcp_nodelay on;
                    location = /write { nchan_publisher; nchan_channel_id room; nchan_message_buffer_length 16; }
                    location = /read {
                        nchan_subscriber websocket;
                        nchan_channel_id room;
                        nchan_subscriber_first_message newest;
                    }
                }
            }

            """
        let file = folder + "/nginx.conf"
        try configuration.write(toFile: file, atomically: false, encoding: .utf8)
        return BroadcastServer(
            name: "nchan", commandLine: [nginx, "-p", folder + "/", "-c", file], port: port, readPath: "/read",
            writers: [Writer(path: "/write")],
            body: { number in
                #"{"heart_rate":{"bpm":\#(60 + number % 100),"profile_id":"697bd6b5d954fc5eec3f21ff"},"#
                    + #""kind":"heart_rate","timestamp":"2026-11-26T11:46:21.948Z"}"#
            },
            workerIsChild: true)
    }
}

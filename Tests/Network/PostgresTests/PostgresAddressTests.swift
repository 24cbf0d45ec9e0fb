import Postgres
import Testing

@Suite struct PostgresAddressTests {
    @Test(
        arguments: [
            ("postgres://hub@pg1,pg2,pg3/strapline", "hub", ["pg1:5432", "pg2:5432", "pg3:5432"], "strapline"),
            ("postgresql://pg1:5433,10.0.0.2:5434/hub", nil, ["pg1:5433", "10.0.0.2:5434"], "hub"),
            ("POSTGRES://hub@[fd00::1],[::1]:99/s", "hub", ["[fd00::1]:5432", "[::1]:99"], "s"),
            ("postgres://a%40b@%2Frun%2Fpostgresql/my%20hub", "a@b", ["/run/postgresql/.s.PGSQL.5432"], "my hub"),
            ("postgres://hub@pg1/hub?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem", "hub", ["pg1:5432"], "hub"),
        ] as [(String, String?, [String], String)])
    func address_whenItIsOne_hasUserHostsAndDatabase(
        _ text: String, _ user: String?, _ hosts: [String], _ database: String
    ) throws {
        let address = try PostgresAddress(text)
        #expect(address.user == user)
        #expect(address.hosts.map(\.description) == hosts)
        #expect(address.database == database)
        #expect(PostgresAddress.isOne(text))
    }

    @Test(arguments: [
        "postgres://hub@pg1,pg2:5433,pg3/strapline", "postgres://[::1]/s", "postgres://%2Ftmp/s",
        "postgres://a%40b@h/x%20y",
    ])
    func address_whenWritten_isReadAgain(_ text: String) throws {
        let address = try PostgresAddress(text)
        #expect(try PostgresAddress(address.description) == address)
        #expect(address.description == text)
    }

    @Test(arguments: [
        "", "hub.sqlite", "http://pg1/s", "postgres:/pg1/s", "postgres://", "postgres://pg1", "postgres://pg1/",
        "postgres:///s", "postgres://pg1,/s", "postgres://,pg1/s", "postgres://pg1:0/s", "postgres://pg1:65536/s",
        "postgres://pg1:x/s", "postgres://[::1/s", "postgres://[::1]x/s", "postgres://pg1,pg1/s", "postgres://@pg1/s",
        "postgres://pg1/s%0A", "postgres://pg1/%zz", "postgres://pg1/%2", "postgres://pg%001/s",
        "postgres://pg1/s?connect_timeout=9", "postgres://pg1/s?host=other",
        "postgres://pg1/s?target_session_attrs=any",
    ])
    func address_whenItIsNone_isExplained(_ text: String) throws {
        let problem = try #require(throws: PostgresAddress.Problem.self) { try PostgresAddress(text) }
        #expect(problem.description.contains("postgres://hub@pg1,pg2,pg3/strapline"))
    }

    @Test(arguments: [
        "postgres://hub:secret@pg1/s", "postgres://hub:secret@pg1,pg2", "postgres://pg1/s?password=secret",
        "postgres://pg1/s?sslmode=require&password=secret", "postgres://pg1:x/s?sslpassword=secret",
        "postgres://hub:@pg1/s", "postgres://hub:a/secret@pg1/s", "postgres://hub:5432/secret@pg1/s",
        "postgres://hub:a?secret@pg1/s", "postgres://hub:a?sslmode=b&secret=@pg1/s",
        "postgres://hub:a@b?secret@pg1/s", "postgres://hub:a@b/secret?secret@pg1/s",
        "postgres://pg1/s?PASSWORD=secret",
    ])
    func address_withAPassword_isRefusedWithoutShowingIt(_ text: String) throws {
        let problem = try #require(throws: PostgresAddress.Problem.self) { try PostgresAddress(text) }
        #expect(problem.description.contains(".pgpass"))
        #expect(!problem.description.contains("secret"))
    }

    /// As a path each would become a new file with this name.
    @Test(arguments: [
        "postgres:/hub:secret@pg1/s", "postgres:hub:secret@pg1/s", "Postgresql:/pg1/secret", " postgres://secret@pg1/s",
        "psql://hub:secret@pg1/s", "pgsql:secret", "jdbc:postgresql://pg1/s?password=secret",
        "postgresql+psycopg2://hub:secret@pg1/s", "mysql://hub:secret@pg1/s", "sqlite:///secret.sqlite",
        "host=pg1 dbname=s password=secret", "PASSWORD=secret", "sslmode=require user=secret",
    ])
    func address_ofAnotherForm_isNoPath_andIsNotShown(_ text: String) throws {
        #expect(PostgresAddress.isOne(text))
        let problem = try #require(throws: PostgresAddress.Problem.self) { try PostgresAddress(text) }
        #expect(!problem.description.contains("secret"))
    }

    @Test(arguments: [
        "hub.sqlite", "/var/lib/strapline-hub/hub.sqlite", "postgres", "./postgres://x", "/srv/postgres://x",
        "hub of 12:30.sqlite", "hub=1.sqlite", "../user=1/hub.sqlite",
    ])
    func path_isNoAddress(_ text: String) {
        #expect(!PostgresAddress.isOne(text))
    }
}

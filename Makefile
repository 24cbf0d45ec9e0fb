# make help            what there is to do
SHELL := /bin/bash
.DEFAULT_GOAL := help

# The project's own code compiles without a warning; see Package.swift.
export STRAPLINE_WARNINGS_AS_ERRORS := 1

# Without it all tests of a group start at once, and a call waits for hundreds of others.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH := 8

# With the versions of dependencies.lock, or not at all.
SWIFT_BUILD := swift build --force-resolved-versions
PYTHON_TESTS := PYTHONDONTWRITEBYTECODE=1 python3 -m unittest discover

# Tests of the hub that PostgreSQL changes nothing for: those of the program's file, of certificates and of parsers.
TESTS_WITHOUT_DATABASE := 'Command|Program|Certificate|OpenAPI|Malformed|HubLog|HubSafety|IssuedSecret|Confirmation|$\
	SQLiteFile|OpenFiles|PageTests'

SWIFT_SOURCES := Package.swift Sources Tests Benchmarks Examples
PREFIX ?= /usr/local
SYSCONFDIR ?= /etc

.PHONY: help setup dependencies update-dependencies audit build lint test test-release docs docs-libraries pictures \
	test-page test-docs test-clients test-cluster demo-cluster test-fit test-goldencheetah test-hrv test-osc torture \
	soak demo test-bluetooth test-home-assistant test-victoria-metrics test-api bluetooth-times bench fuzz programs \
	deb deb-amd64 deb-arm64 release check-release release-files push-images publish site sd-card test-sd-card \
	test-packages test-release-files install clean

help: ## Show this list
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 27

setup: ## Install what a build, a test and the demo need (INSTALL_SWIFT=1: Swift too)
	@scripts/setup.sh

dependencies: setup
	@scripts/check-dependencies.sh

update-dependencies: setup ## Write dependencies.lock from Package.swift (PACKAGES="swift-nio …": raise these)
	PYTHONDONTWRITEBYTECODE=1 scripts/dependencies/update.py $(PACKAGES)
	@$(MAKE) audit

audit: ## Compare the versions in use with the advisories of security/advisories.tsv
	@PYTHONDONTWRITEBYTECODE=1 scripts/dependencies/audit.py

build: dependencies ## Build everything, with tests
	$(SWIFT_BUILD) --build-tests

# swift-format keeps every file open that it reads, and a shell's usual limit is 1024.
lint: dependencies audit ## Check format, layers, words, shell scripts, dependencies, advisories, and tests of promises
	find $(SWIFT_SOURCES) -name '*.swift' -print0 | xargs -0 -n 100 swift format lint --strict --parallel
	PYTHONDONTWRITEBYTECODE=1 scripts/lint/lint.py
	scripts/check-shell.sh
	scripts/check-promises.sh
	scripts/check-secrets.sh
	scripts/check-wide-integers.sh
	$(PYTHON_TESTS) --start-directory IntegrationTests/Scripts --pattern '*_test.py'
	$(PYTHON_TESTS) --start-directory IntegrationTests/Cluster --pattern '*_test.py'

docs-libraries: build ## Build the documentation of the libraries; a warning is an error
	scripts/docs-libraries.sh

# The unit tests run in groups, and those that run or kill the programs by themselves. Two thousand at once would wait
# for a processor longer than clients wait for servers, and heart rates would be too old.
UNIT_TESTS := '^(MQTT|Outputs)' '^Hub' '^(BlueZ|DBus|Postgres)' \
	'^(Delivery|Destinations|Outbox|PulsoidTests|Session|Uploader)'

# Takes some 6 minutes. The time-outs end a test that hangs beyond its own limit.
test: lint build ## Lint, build and run all tests
	@scripts/influxdb.sh
	set -e; for group in $(UNIT_TESTS); do \
		timeout --kill-after=10 15m swift test --skip-build --filter "$$group"; done
	timeout --kill-after=10 15m swift test --skip-build $(addprefix --skip ,$(UNIT_TESTS)) --skip TortureTests \
		--skip EndToEndTests
	scripts/with-postgres.sh timeout --kill-after=10 15m swift test --skip-build --no-parallel \
		--filter '^Hub(Store|Server)Tests' --skip $(TESTS_WITHOUT_DATABASE)
	timeout --kill-after=10 15m swift test --skip-build --filter EndToEndTests
	PYTHONDONTWRITEBYTECODE=1 timeout --kill-after=10 15m IntegrationTests/Cluster/bounded.py
	timeout --kill-after=10 15m swift test --skip-build --filter TortureTests

# The compiler makes other code of the programs that users run, and has broken one (decision 0015). So the tests that
# start programs run again with those.
test-release: build ## Run the tests that start programs with the optimised programs
	$(SWIFT_BUILD) -c release --product strapline
	$(SWIFT_BUILD) -c release --product strapline-hub
	STRAPLINE_PROGRAMS=$(CURDIR)/.build/release timeout --kill-after=10 15m swift test --skip-build --filter EndToEndTests
	STRAPLINE_PROGRAMS=$(CURDIR)/.build/release timeout --kill-after=10 15m swift test --skip-build --filter TortureTests

# Seeds are drawn and printed: STRAPLINE_TORTURE_SEED=n runs one again, STRAPLINE_TORTURE_KILLS, _OUTPUT_KILLS,
# _HUB_KILLS, _CUTS, _APPENDS, _SECONDS, _STRANGER_SECONDS, _BACKLOG and _CLUSTER_CUTS set the sizes. The strangers'
# test measures, so it runs alone.
torture: build ## Kill, cut the power, attack, live a day, start with a million readings (docs/torture.md)
	rm -rf .build/torture
	$(SWIFT_BUILD) -c release --product strapline-hub
	$(SWIFT_BUILD) -c release --product strapline
	STRAPLINE_PROGRAMS=$(CURDIR)/.build/release STRAPLINE_TORTURE=full \
		timeout --kill-after=10 20m swift test --skip-build --filter StrangerTests
	STRAPLINE_PROGRAMS=$(CURDIR)/.build/release STRAPLINE_TORTURE=full \
		timeout --kill-after=10 60m swift test --skip-build --filter TortureTests --skip StrangerTests
	IntegrationTests/Cluster/torture.sh $(or $(STRAPLINE_TORTURE_CLUSTER_CUTS),100)
	@cat .build/torture/*.md

# Each day everything goes wrong once; see Tests/Programs/EndToEndTests/Soak. To fill a disk takes one of its own, and
# so root.
soak: build ## Live a week in an hour (MINUTES=n), and tabulate memory, threads, files and disk
	@mkdir -p .build/soak
	STRAPLINE_SOAK_MINUTES=$(or $(MINUTES),60) STRAPLINE_SOAK_FOLDER=.build/soak \
		timeout --kill-after=10 180m swift test --skip-build --filter SoakTests
	@cat .build/soak/soak.md

test-page: dependencies ## Try the web pages in a headless Chromium (TESTS="-k overlay": some), with screenshots
	@scripts/setup.sh chromium chromium-driver fonts-dejavu-core python3-venv
	$(SWIFT_BUILD) --product strapline-hub
	$(SWIFT_BUILD) --product strapline && $(SWIFT_BUILD) --product strap-simulator
	IntegrationTests/Page/test-page.sh $(TESTS)

docs: dependencies ## Build the documentation site in .build/docs/site (SERVE=1: show it at port 8000)
	@scripts/setup.sh python3-venv
	$(SWIFT_BUILD) --product strapline && $(SWIFT_BUILD) --product strapline-hub
	scripts/docs/build.sh $(if $(SERVE),serve)

pictures: dependencies ## Take the pictures of README.md again: the hub's page and overlay with simulated heart rates
	@scripts/setup.sh chromium chromium-driver fonts-dejavu-core python3-venv
	$(SWIFT_BUILD) --product strapline-hub
	scripts/docs/pictures.sh

test-docs: dependencies ## Run the commands of README.md and docs/, check their options and links
	@scripts/setup.sh curl iproute2 python3
	$(SWIFT_BUILD) --product strapline && $(SWIFT_BUILD) --product strapline-hub && $(SWIFT_BUILD) --product strapline-demo
	IntegrationTests/Docs/test-docs.sh

test-clients: dependencies ## Try the hub with other people's clients and proxies (TESTS="-k browser": some)
	@scripts/setup.sh chromium chromium-driver curl fonts-dejavu-core haproxy libmojolicious-perl nginx-light node-ws \
		python3-venv
	$(SWIFT_BUILD) --product strapline && $(SWIFT_BUILD) --product strapline-hub
	IntegrationTests/Clients/test-clients.sh $(TESTS)

# Takes some four hours; COUNT=1 tries each fault once. PROXY=nginx puts nginx in front of the hubs. It needs no
# attention: its table .build/cluster/results.md grows with each part.
test-cluster: dependencies ## Lose hubs, databases and links under load, as root (COUNT=n, FAULTS="hub-killed …": some)
	@scripts/setup.sh etcd-client etcd-server ethtool gcc haproxy iproute2 iptables libc6-dev nginx-light \
		postgresql python3-venv
	$(SWIFT_BUILD) --product strapline-hub
	IntegrationTests/Cluster/test-cluster.sh run.py --count $(or $(COUNT),20) --proxy $(or $(PROXY),haproxy) \
		$(FAULTS)

demo-cluster: dependencies ## See databases, hubs and a proxy under load, and kill any with a key; as root
	@scripts/setup.sh etcd-client etcd-server haproxy iproute2 iptables postgresql python3-venv
	$(SWIFT_BUILD) --product strapline-hub
	IntegrationTests/Cluster/test-cluster.sh demo.py $(if $(KEYS),--keys "$(KEYS)")

test-osc: build ## Hear the OSC output with python-osc, and be found as VRChat by a real avahi-daemon (as root)
	@scripts/setup.sh avahi-daemon python3-venv
	IntegrationTests/OSC/test-osc.sh

test-fit: dependencies ## Read exported FIT and TCX files with public decoders, TCX with Garmin's schema too
	@scripts/setup.sh python3-venv
	rm -rf .build/recordings/files && mkdir -p .build/recordings/files
	STRAPLINE_TESTS=StraplineTests $(SWIFT_BUILD) --build-tests
	STRAPLINE_TESTS=StraplineTests STRAPLINE_RECORDINGS=$(CURDIR)/.build/recordings/files \
		swift test --skip-build --filter SessionCommandTests
	IntegrationTests/Recordings/test-recordings.sh fit $(TESTS)

test-goldencheetah: test-fit ## Import the same FIT files into GoldenCheetah, without a screen
	IntegrationTests/Recordings/test-recordings.sh goldencheetah

test-hrv: dependencies ## Compare heart rate variability with two public references (SERIES=n, SEED=n: random series)
	@scripts/setup.sh python3-venv
	$(SWIFT_BUILD) --product strapline
	IntegrationTests/Recordings/test-recordings.sh hrv $(TESTS)

demo: ## See a workout of two simulated straps on the web page and in the terminal (READINGS=n: end after n)
	@scripts/demo.sh $(if $(READINGS),--readings $(READINGS))

test-bluetooth: dependencies ## Run the programs with real bluetoothd and an emulated strap (TESTS="uploader …": some)
	$(SWIFT_BUILD) --product strapline && $(SWIFT_BUILD) --product strapline-hub
	IntegrationTests/BluetoothRig/test-bluetooth.sh $(TESTS)

test-home-assistant: dependencies ## Try MQTT with a real Home Assistant, kept in the cache (TESTS="-k broker": some)
	$(SWIFT_BUILD) --product strapline && $(SWIFT_BUILD) --product strap-simulator
	IntegrationTests/HomeAssistant/test-home-assistant.sh $(TESTS)

test-victoria-metrics: dependencies ## Write to a real VictoriaMetrics, count its readings (TESTS="-k killed": some)
	$(SWIFT_BUILD) --product strapline && $(SWIFT_BUILD) --product strap-simulator
	IntegrationTests/VictoriaMetrics/test-victoria-metrics.sh $(TESTS)

test-api: dependencies ## Hold the hub against its OpenAPI document with schemathesis (EXAMPLES=n, SEED=n)
	@scripts/setup.sh python3-venv
	$(SWIFT_BUILD) --product strapline-hub
	scripts/test-api.sh

bluetooth-times: dependencies ## Measure how long each fault of the rig is felt, into docs/bluetooth-times.md
	$(SWIFT_BUILD) --product strapline && $(SWIFT_BUILD) --product strapline-hub
	IntegrationTests/BluetoothRig/test-bluetooth.sh faults
	cp .build/bluetooth-rig/faults/times.md docs/bluetooth-times.md

fuzz: dependencies ## Fuzz the readers of foreign bytes, each for SECONDS (60; FUZZERS="bus times": some)
	@scripts/fuzz.sh $(or $(SECONDS),60) $(FUZZERS)

bench: dependencies ## Measure cost, latency, wake-ups, writes and the hub (PARTS: see Benchmarks/run.sh)
	@scripts/setup.sh chromium chromium-driver e2fsprogs fonts-dejavu-core gcc libcurl4-openssl-dev \
		libnginx-mod-nchan mount nginx-light postgresql python3-venv
	Benchmarks/run.sh

programs: dependencies ## Build the two programs with optimisation and the Swift runtime linked in
	$(SWIFT_BUILD) -c release --static-swift-stdlib --product strapline
	$(SWIFT_BUILD) -c release --static-swift-stdlib --product strapline-hub

ARCH ?= amd64
deb: ## Make the Debian packages for ARCH (amd64, or arm64: cross-compiled, as root), in .build/packages
	@$(if $(filter arm64,$(ARCH)),WITHOUT_SWIFT=1) scripts/setup.sh debhelper dpkg-dev python3 \
		$(if $(filter arm64,$(ARCH)),mmdebstrap)
	$(MAKE) deb-$(ARCH)

# On Debian 12, so that the programs run on 12 and 13.
deb-amd64: programs
	packaging/build-deb.sh amd64 .build/release

deb-arm64:
	packaging/arm64/build.sh

# docs/releasing.md has the steps, and what SITE, IMAGES and STRAPLINE_SIGNING_KEY are. As root, on Debian 12.
ARCHITECTURES ?= amd64 arm64
export ARCHITECTURES SITE IMAGES
release: check-release ## Make everything of a release page for VERSION=x.y.z, in .build/dist; as root
	@[ "$$(id -u)" -eq 0 ] || { echo "release: run it as root: its tools make and enter Debian roots" >&2; exit 77; }
	set -e; for architecture in $(ARCHITECTURES); do $(MAKE) deb ARCH=$$architecture; done
	$(MAKE) release-files

check-release: ## Check that the tree is clean and names VERSION=x.y.z everywhere
	@packaging/release/check.sh $(VERSION)

release-files: ## Make the files of the release VERSION=x.y.z from packages that are built; as root
	@WITHOUT_SWIFT=1 scripts/setup.sh apt-utils binutils dpkg-dev gnupg libmosquitto1 mmdebstrap patchelf python3 \
		xz-utils
	packaging/release/release.sh $(VERSION)

test-release-files: ## Try the last release: installer, repository, images; as root (TESTS="installer": some)
	@WITHOUT_SWIFT=1 scripts/setup.sh arch-test binfmt-support busybox-static gnupg mmdebstrap python3-venv \
		qemu-user-static runc skopeo
	IntegrationTests/Packaging/test-packages.sh $(or $(TESTS),release-files installer)

push-images: ## Push the images of the last release to the registry IMAGES (skopeo login: first)
	@WITHOUT_SWIFT=1 scripts/setup.sh skopeo
	packaging/oci/push.sh $(VERSION)

publish: ## Make the release page of VERSION=x.y.z at GitHub, with gh
	packaging/release/publish.sh $(VERSION)

site: docs ## Make the folder for the web server, in .build/dist/site: documentation and release VERSION=x.y.z
	packaging/release/site-folder.sh $(VERSION)

sd-card: ## Make an SD card image for the Raspberry Pi of the last release, in .build/dist; as root
	@WITHOUT_SWIFT=1 scripts/setup.sh arch-test binfmt-support dosfstools e2fsprogs fdisk mmdebstrap mtools \
		qemu-user-static xz-utils
	packaging/sd-card/build.sh

test-sd-card: ## Boot the SD card image of the last release in an emulator; as root
	@WITHOUT_SWIFT=1 scripts/setup.sh ipxe-qemu qemu-system-arm xz-utils
	IntegrationTests/Packaging/test-packages.sh sd-card

test-packages: ## Try the packages on Debian 12 and 13; as root (TESTS="install …": some of it)
	@WITHOUT_SWIFT=1 scripts/setup.sh arch-test binfmt-support dpkg-dev e2fsprogs lintian mmdebstrap python3-venv \
		qemu-user-static
	IntegrationTests/Packaging/test-packages.sh $(TESTS)

install: programs ## Install programs, units, man pages below PREFIX (/usr/local), configuration below SYSCONFDIR (/etc)
	PREFIX=$(PREFIX) SYSCONFDIR=$(SYSCONFDIR) DESTDIR=$(DESTDIR) packaging/install.sh .build/release

# A root of Debian below it may have mounts.
clean: ## Remove everything that was built
	rm -rf --one-file-system .build

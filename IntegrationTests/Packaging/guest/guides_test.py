#!/usr/bin/env python3
"""Follows the guides on a fresh Debian: types every block of README.md and docs/ that no other test runs.

The hub replaces Pulsoid's server, whose address is in no configuration of the guides. Placeholders (a token, a room's
id) get their values.
"""

import json
import re
import shutil
import urllib.parse
import urllib.request

from machine import (
    CONFIGURATION, GUEST, START_SECONDS, configuration, configure, guest, hub_command, newest, pass_boot,
    wait_for_readings, wait_until_delivered)
from person import HOME, INTERRUPT, NAME, answer, interrupt_at, type_in, unless_asked

from guides import Guides
from rig import STRAP_ADDRESS, Strap, expect, run, wait_for

# Not 127.0.0.1: a hub that serves its own machine alone is not found there.
HUB, HUB_ADDRESS = 'http://heart.local:8080', '192.168.1.10'
CLIENT = 'strapline-guides'
FOLDER = GUEST / HOME[1:]


def walk():
    guides = Guides()
    guest('ip', 'address', 'add', f'{HUB_ADDRESS}/32', 'dev', 'lo')
    install(guides)
    by_hand(guides)
    as_services(guides)
    expect('every block of the guides was typed', not guides.left, '\n'.join(map(str, guides.left)))


def keep(name, text):
    """A file of the person's, as an editor leaves it."""
    (FOLDER / name).write_text(text)
    guest('chown', f'{NAME}:', f'{HOME}/{name}')
    guest('chmod', '600', f'{HOME}/{name}')


def by_hand(guides):
    """by-hand.md and daily-use.md: the hub, the uploader and the other commands, in three terminals."""
    def with_hub(listening):
        guides.note(listening.string)
        guides.follow('by-hand.md', 'strapline-hub room create Gym')
        guides.follow('by-hand.md', 'strapline scan', interrupt_at(STRAP_ADDRESS), answer('Which one', '1'))
        keep('strapline.yaml', (FOLDER / 'strapline.yaml').read_text() + f'''
services:
  pulsoid: {{ address: "{HUB}", oauth_address: "{HUB}" }}
clock: {{ wait_seconds: 0 }}
''')
        keep('anna.token', guides.writing_token)
        keep('room.token', guides.reading_token)
        log_in(guides)
        guides.follow(
            'by-hand.md', 'strapline login', answer('it is not shown', guides.writing_token),
            answer('chest 72 bpm → pulsoid ✓', lambda _: with_uploader(guides)))
        return INTERRUPT

    guides.follow('by-hand.md', 'strapline-hub init --user anna', answer(r'(?m)^http://0\.0\.0\.0:8080', with_hub))


def allow(token):
    """Confirms the shown code, like a user on a phone."""
    def confirm(code):
        form = {'user_code': code[1], 'access_token': token, 'decision': 'allow'}
        # This machine's Python does not know the guest's names.
        address = f'http://{HUB_ADDRESS}:8080/oauth2/device_authorization_consent'
        urllib.request.urlopen(address, urllib.parse.urlencode(form).encode()).close()

    return answer(r'the code: (\S+)', confirm)


def log_in(guides):
    type_in(f'strapline-hub client add "The guides" --id {CLIENT}')
    shown = type_in('strapline-hub token issue --user anna --scope data:heart_rate:write --may-consent')
    token = re.search(r'\b[a-z2-7]{52}\b', shown)[0]
    guides.places['--client-id ID'] = f'--client-id {CLIENT}'
    guides.follow('tokens.md', 'strapline login pulsoid --config strapline.yaml --client-id', allow(token))
    pasted = answer('it is not shown', guides.writing_token)
    guides.follow('tokens.md', 'strapline login pulsoid --config strapline.yaml --token-stdin', pasted)


def with_uploader(guides):
    guides.follow('daily-use.md', 'strapline status')
    guides.places['9182'] = '1'
    guides.follow('daily-use.md', 'strapline outbox list')
    guides.follow('daily-use.md', 'strapline export')
    guides.places['=…'] = '=' + guides.reading_token
    # The guide's reader is in the room that `init` has made alone.
    guides.places['strapline room Gym'] = 'strapline room Home'
    look = guides.take('daily-use.md', 'export PULSOID_TOKEN')
    at_hub = re.sub(r'(?m)^(strapline (latest|watch|room \S+))', rf'\1 --address {HUB}', look)
    type_in(at_hub, [interrupt_at('(?s)bpm.*bpm'), interrupt_at('bpm')])
    guides.follow('verify.md', 'strapline verify')
    with_own_configuration(guides.take('daily-use.md', 'strapline verify'))
    guides.follow('verify.md', 'strapline simulate', interrupt_at('.'))
    type_in('strapline outbox export --config strapline.yaml >history.csv')
    guides.follow('daily-use.md', 'strapline simulate', interrupt_at('.'), interrupt_at('.'))
    with_own_configuration(guides.take('daily-use.md', 'strapline doctor'))
    return INTERRUPT


def with_own_configuration(commands):
    """By themselves these commands would find the configuration of the packaged service, which only root can read."""
    return type_in(f'export STRAPLINE_CONFIG=strapline.yaml\n{commands}')


def as_services(guides):
    """The Pi in the drawer, from the installation to the removal."""
    guest('systemctl', 'start', 'strapline-hub')
    guides.note(guides.follow('own-hub.md', 'echo'))
    set_up(guides)
    wait_for_readings(3)
    guides.follow('raspberry-pi.md', 'sudo strapline status')
    guides.follow('gym.md', 'sudo strapline check')
    guides.follow('own-hub.md', 'sudo strapline setup pair', answer('Add another', 'n'))
    keep('reader.token', guides.reading_token)
    guides.follow('own-hub.md', 'sudo strapline verify')
    renew(guides)
    guides.follow('troubleshooting.md', 'sudo strapline doctor')
    guides.follow('troubleshooting.md', 'sudo journalctl')
    guides.follow('security.md', 'systemd-analyze')
    guides.follow('upkeep.md', 'sudo strapline outbox export')
    guides.follow('upkeep.md', 'sudo -u strapline-hub strapline-hub backup')
    guides.follow('upkeep.md', 'sudo tar')
    guides.follow('upkeep.md', 'sudo apt install')
    by_scripts(guides)
    guides.follow('install.md', 'sudo systemd-sysusers')
    agreed = unless_asked('(?i)continue', 'y')
    guides.follow('upkeep.md', 'sudo apt remove', agreed, agreed)


def install(guides):
    (FOLDER / '.build/packages').mkdir(parents=True)
    for package in GUEST.glob('packages/*.deb'):
        shutil.copy(package, FOLDER / '.build/packages')
        # Of the guides' name; the guest is no Raspberry Pi.
        shutil.copy(package, FOLDER / package.name.replace('amd64', 'arm64'))
    guest('chown', '--recursive', f'{NAME}:', HOME)
    guides.follow('install.md', 'sudo apt install', unless_asked('(?i)continue', 'y'))
    type_in('sudo apt install ./strapline-hub_*_arm64.deb', [unless_asked('(?i)continue', 'y')])
    # By hand first.
    guest('systemctl', 'stop', 'strapline-hub')


def set_up(guides):
    """The conversation of the guide, on a terminal."""
    guides.follow(
        'raspberry-pi.md', 'sudo strapline setup', unless_asked('Continue anyway', 'y'), answer('Which one', '1'),
        answer('Its name', 'chest'), answer('with spaces between', '3'), answer("The hub's address", HUB),
        answer('it is not shown', guides.writing_token), answer('Another strap', 'n'),
        answer('Start the uploader now', 'y'))


def renew(guides):
    """The packaged service renews a token that ends: it may write where the token is, and do what that takes."""
    file = '/var/lib/strapline/pulsoid-chest.token'
    hub_command('client', 'add', 'The guides', '--id', CLIENT)
    configure(re.sub(r'token_credential: \S+', f'token_file: {file}', configuration()) + f'''
services:
  pulsoid: {{ oauth_address: "{HUB}" }}
''')
    type_in(f'sudo -u strapline strapline login pulsoid --config {CONFIGURATION} --client-id {CLIENT}', [allow(guides)])
    guest('systemctl', 'restart', 'strapline')
    path = GUEST / file[1:]
    old = json.loads(path.read_text())
    # As if its time were nearly over.
    path.write_text(json.dumps(old | {'expires_at': 1}))
    # It sends nothing before it trusts the clock, which is never set here.
    wait_for(
        'the service renews its token',
        lambda: json.loads(path.read_text())['access_token'] != old['access_token'], START_SECONDS)
    wait_for_readings(3)
    wait_until_delivered(newest())


def by_scripts(guides):
    services = f'services:\n  pulsoid: {{ address: "{HUB}" }}\n  cardiogram: {{ address: "{HUB}" }}\n'
    guides.places['--user-id 17'] = '--user-id 1'
    keep('anna.token', guides.writing_token)
    guest('cp', f'{HOME}/anna.token', '/root/anna.token')
    commands = guides.take('setup.md', 'sudo strapline setup --yes').replace('\\\n', '')
    for command in commands.splitlines():
        configure(services)
        type_in(command)
        expect('the service may read the token', '/root' not in configuration(), configuration())
    guides.follow('setup.md', 'sudo strapline setup watch')
    guest('systemctl', 'disable', '--now', 'strapline')
    configure(services)
    guides.follow(
        'install.md', 'sudo strapline pair', answer('Which one', '1'), answer('it is not shown', guides.writing_token))
    wait_for_readings(3)


def main():
    Strap('--rate', '72')
    walk()
    pass_boot()


run(main)

#!/usr/bin/env python3
"""In the guest: one `strapline run` through everything that befalls a strap, its radio and bluetoothd.

Each fault begins right after a measurement and must be reported in time. After its end readings must be uploaded again
in time. In the end the outbox and the room must have what the strap sent, nothing less and nothing else. The times are
written to times.md in the shared folder.
"""

import os
import pathlib
import signal
import struct
import subprocess
import time

import bonds
import rig
from rig import SHARE, bluetoothctl, expect, say, wait_for
from scene import LIVE_SECONDS, MACHINE_SECONDS, Scene

BLUETOOTHD_PID = pathlib.Path('/run/bluetoothd.pid')

# Ten seconds of silence, and the second until the next measurement would have come.
STALE_SECONDS = 12

PACKETS = {
    'uint8': '0048', 'uint16': '014900', 'uint16 above 255': '010401', 'one RR interval': '104ab103',
    'energy': '084b1000', 'energy and two RR intervals': '1850100000042003',
    'nine RR intervals': '164c' + '0004' * 9, 'a byte too many': '104d030405', 'reserved flags': 'e04e'}
MALFORMED = ['00', '01', '0148', '0800', '084810']


class Faults(Scene):
    # The strap

    def link_faults(self):
        command, lost = self.strap.command, ['state=disconnected', 'reason=the link was lost']
        for seconds in (1, 20):
            self.outage(f'out of range for {seconds} s', lost, lambda: command('range out'),
                        lambda: command('range in'), lasts=seconds)
        self.outage('the strap disconnects', lost, lambda: command('disconnect'))
        self.outage('the strap is switched off and on', lost, lambda: command('reboot'))
        self.outage('the strap sleeps for 5 s', lost, self.sleep, lambda: command('advertise on'), lasts=5)
        before = self.strap.status()['connections']
        self.outage('the strap is silent', ['state=stale', 'silent for 10 s'], lambda: command('notify off'),
                    lambda: command('notify on'), until=lambda: self.is_renewed(before), reported_in=STALE_SECONDS)

    def sleep(self):
        self.strap.command('advertise off')
        self.strap.command('disconnect')

    def is_renewed(self, connections):
        wait_for('the link is renewed', lambda: self.strap.status()['connections'] > connections)

    def worthless_measurements(self):
        command = self.strap.command
        self.outage('no skin contact', ['state=no contact', 'no skin contact'], lambda: command('contact no'),
                    lambda: command('contact yes'), lasts=4)
        self.outage('0 bpm', ['state=no contact', '0 beats per minute'], lambda: command('rate 0'),
                    lambda: command('rate 72'), lasts=4)

    def mixed_packets(self):
        """Every form of a measurement, and malformed ones, in turn."""
        say('--- packets of all forms')
        began = time.monotonic()
        self.strap.command('interval 0.3')
        for packet in [packet for pair in zip(PACKETS.values(), MALFORMED * 2) for packet in pair]:
            self.strap.command(f'raw {packet}')
            self.sends(1)
        self.strap.command('raw off')
        self.strap.command('interval 1')
        reported = wait_for('malformed is reported', lambda: self.log.time_of('malformed', since=began))
        self.times.add('malformed measurements among others', 'warning', reported - began, None)

    # The machine

    def adapter_faults(self):
        command = self.strap.command
        self.outage('the adapter is unplugged for 3 s', ['state=blocked', 'no Bluetooth adapter'],
                    lambda: command('adapter off'), lambda: command('adapter on'), lasts=3, live_in=MACHINE_SECONDS)
        off = ['state=blocked', 'the Bluetooth adapter 00:AA:01:00:00:42 is off']
        self.outage('the adapter is switched off for 3 s', off, lambda: bluetoothctl('power', 'off'),
                    lambda: bluetoothctl('power', 'on'), lasts=3, live_in=MACHINE_SECONDS)
        # The kernel switches the radio off silently, and the strap still sends.
        with self.ledger.deaf():
            self.outage('rfkill blocks Bluetooth for 3 s', off, lambda: self.rfkill(True),
                        lambda: self.rfkill(False), lasts=3, live_in=MACHINE_SECONDS)

    @staticmethod
    def rfkill(is_blocked):
        bluetooth, change_all = 2, 3
        with open('/dev/rfkill', 'wb', buffering=0) as device:
            device.write(struct.pack('<IBBBB', 0, bluetooth, change_all, is_blocked, 0))

    def bluetoothd_faults(self):
        gone = ['state=blocked', 'bluetoothd is not running']
        for how, lasts in ((signal.SIGTERM, 3), (signal.SIGKILL, 3), (signal.SIGKILL, 0)):
            # The kernel keeps a killed bluetoothd's link for 2 s, and the strap still sends.
            with self.ledger.deaf():
                self.outage(f'bluetoothd ends by {how.name}' + (f', for {lasts} s' if lasts else ', started at once'),
                            gone, lambda how=how: self.end_bluetoothd(how), self.start_bluetoothd, lasts=lasts,
                            reported_in=LIVE_SECONDS, live_in=MACHINE_SECONDS)

    @staticmethod
    def end_bluetoothd(how):
        rig.processes.pop('bluetoothd', None)
        os.kill(int(BLUETOOTHD_PID.read_text()), how)

    @staticmethod
    def start_bluetoothd():
        process = rig.start('bluetoothd', ['/usr/libexec/bluetooth/bluetoothd', '--nodetach'])
        BLUETOOTHD_PID.write_text(str(process.pid))

    # Programs

    def killed_uploader(self):
        """With readings that the hub does not take yet, which the next run has to deliver."""
        fault = 'strapline is killed and started'
        say(f'--- {fault}')
        connections = self.strap.status()['connections']
        rig.processes['hub'].send_signal(signal.SIGSTOP)
        self.sends(2)
        with self.ledger.deaf():    # what is on its way when it is killed
            self.sends(1)
            rig.kill('run')
            wait_for('the strap is not listened to', lambda: not self.strap.status()['subscribed'])
        rig.processes['hub'].send_signal(signal.SIGCONT)
        self.restarted(fault, connections)

    def restarted(self, fault, connections):
        began = time.monotonic()
        self.start_uploader()
        live = wait_for('live', lambda: self.log.time_of('state=live', since=began), MACHINE_SECONDS)
        uploaded = self.uploaded(live)
        expect('the link was taken over', self.strap.status()['connections'] == connections)
        self.times.add(fault, 'live', None, uploaded - began)

    def second_listener(self):
        """Somebody else is subscribed when strapline starts, goes while it runs, and comes again."""
        say('--- another program listens')
        connections, values = self.strap.status()['connections'], rig.journal('listener.out')
        with self.ledger.deaf():    # what the other hears before strapline does
            rig.kill('run')
            wait_for('the strap is not listened to', lambda: not self.strap.status()['subscribed'])
            self.start_listener(values)
            self.restarted('another program is subscribed already', connections)
        self.both_hear(values)
        rig.kill('listener')
        self.sends(2)
        self.start_listener(values)
        self.both_hear(values)
        rig.kill('listener')
        self.uploaded(time.monotonic())

    def start_listener(self, values):
        began = time.monotonic()
        listener = rig.start('listener', ['bluetoothctl'], out=values, stdin=subprocess.PIPE)
        listener.stdin.write('gatt.select-attribute 00002a37-0000-1000-8000-00805f9b34fb\ngatt.notify on\n')
        listener.stdin.flush()
        wait_for('the other program hears', lambda: self.count(values, began))

    def both_hear(self, values):
        """Each of four; that strapline has each once is compared in the end."""
        began, heard = self.strap.status()['sent'], time.monotonic()
        self.sends(4)
        sent = self.strap.status()['sent'] - began
        wait_for('the other program has heard each', lambda: self.count(values, heard) >= sent)

    @staticmethod
    def count(values, since):
        return sum('Attribute' in line and 'Value' in line for line in values.lines(since))


def main():
    faults = Faults()
    try:
        faults.uploaded(0)
        faults.link_faults()
        faults.worthless_measurements()
        faults.mixed_packets()
        faults.adapter_faults()
        faults.bluetoothd_faults()
        faults.killed_uploader()
        faults.second_listener()
        bonds.missing(faults)
        bonds.lost(faults)
        faults.finish()
    finally:
        (SHARE / 'times.md').write_text(faults.times.page())


rig.run(main)

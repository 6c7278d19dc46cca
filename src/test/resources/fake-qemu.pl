#!/usr/bin/perl
# Stands in for QEMU as a device model: the machine protocol on its socket, a greeting on that of the display. What it was called with is
# in the file "called" beside its sockets; with a file "fail" there it ends at once, with "die-later" as soon as it is ready, and with "talk" it
# says three MiB. A card that it is told to remove is in the file "removed".
use strict;
use warnings;
use IO::Socket::UNIX;
use IO::Select;

$| = 1;
my $line = join "\n", @ARGV;
my ($qmp) = $line =~ /socket,id=qmp,path=([^,\n]*)/ or die "no qmp";
my ($display) = $line =~ /^unix:(.*)$/m or die "no display";
$SIG{PIPE} = 'IGNORE';
(my $directory = $qmp) =~ s{/[^/]*$}{};
open my $called, '>', "$directory/called" or die;
print $called "$line\n";
close $called;
if (-e "$directory/../fail") { print "cannot be a PC today\n"; exit 3 }
if (-e "$directory/../talk") {
    # Small pieces, as QEMU's messages are: one that does not fit is lost.
    print "x" x 1024 for 1 .. 3072;
    open my $talked, '>', "$directory/talked" or die;
}
my $control = IO::Socket::UNIX->new(Local => $qmp, Listen => 5) or die "$qmp: $!";
my $screen = IO::Socket::UNIX->new(Local => $display, Listen => 5) or die "$display: $!";
my $all = IO::Select->new($control, $screen);
my $asked = 0;
while (my @ready = $all->can_read) {
    for my $one (@ready) {
        if ($one == $control) {
            my $client = $control->accept;
            print $client qq({"QMP": {"version": {}}}\r\n);
            $client->flush;
            $all->add($client);
        } elsif ($one == $screen) {
            my $viewer = $screen->accept;
            print $viewer "RFB 003.008\n";
            $viewer->flush;
            $all->add($viewer);
        } elsif (sysread $one, my $text, 4096) {
            if ($text =~ /qmp_capabilities/) { syswrite $one, qq({"event": "NOISE"}\r\n{"return": {}}\r\n) }
            elsif ($text =~ /query-status/) {
                my $status = $asked++ ? "running" : "prelaunch";
                syswrite $one, qq({"return": {"status": "$status"}}\r\n);
                exit 4 if $status eq "running" && -e "$directory/../die-later";
            } elsif ($text =~ /netdev_del/) {
                open my $removed, '>', "$directory/removed" or die;
                print $removed $text;
                close $removed;
                syswrite $one, qq({"return": {}}\r\n);
            } else { syswrite $one, "<$text>" }
        } else {
            $all->remove($one);
            close $one;
        }
    }
}

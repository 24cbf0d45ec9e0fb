# shellcheck shell=sh
# Starts strapline setup at a login, until the uploader starts at each boot. Only root can read its configuration.
if [ -t 0 ] && [ "$(id -un)" = pi ] && ! systemctl is-enabled --quiet strapline 2>/dev/null; then
    echo "Strapline is installed and has no strap yet. Put it on, or press Ctrl-C to leave."
    sudo strapline setup || echo "Run it again with: sudo strapline setup"
fi

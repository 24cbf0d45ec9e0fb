# shellcheck shell=sh
# Starts strapline setup at a login, until there is a strap.
if [ -t 0 ] && [ "$(id -un)" = pi ] && ! strapline check --config /etc/strapline/strapline.yaml >/dev/null 2>&1; then
    echo "Strapline is installed and has no strap yet. Put it on, or press Ctrl-C to leave."
    sudo strapline setup || echo "Run it again with: sudo strapline setup"
fi

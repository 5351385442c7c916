# Trusts the client's certificates beside those of the system, and runs its arguments.
# In a shell of its own: a variable of its own would replace one that the arguments have.
(
    directory=/run/railpack/ca
    client=$directory/client.pem
    bundle=$directory/bundle.pem

    found=
    while IFS= read -r line || [ -n "$line" ]; do
        case $line in
        *"-----BEGIN CERTIFICATE-----"*)
            found=yes
            break
            ;;
        esac
    done <$client
    if [ -z "$found" ]; then
        echo "the secret \`railpack-ca\` has no certificate: no line of it is \`-----BEGIN CERTIFICATE-----\`" >&2
        echo "  hint: give certificates as PEM; one in binary form becomes such a file by \`openssl x509 -inform der -in FILE -out FILE.pem\`" >&2
        exit 1
    fi

    for system in \
        /etc/ssl/certs/ca-certificates.crt \
        /etc/pki/tls/certs/ca-bundle.crt \
        /etc/ssl/ca-bundle.pem \
        /etc/pki/tls/cacert.pem \
        /etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem \
        /etc/ssl/cert.pem; do
        if [ -s $system ]; then
            cat $system
            # The file may end without a line's end.
            echo
            break
        fi
    done >$bundle
    cat $client >>$bundle

    echo "Acquire::https::CAInfo \"$bundle\";" >$directory/apt.conf
    {
        if [ -s ~/.wgetrc ]; then
            cat ~/.wgetrc
            echo
        fi
        echo "ca_certificate = $bundle"
    } >$directory/wgetrc
) || exit

exec "$@"

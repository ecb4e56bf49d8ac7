"""As ``breaking``: the constraints of what proves a name, addresses and schools' sign-on."""

_CONNECT = """
INSERT INTO provider
    (organization_id, sealed_secret, metadata, trusted_domains, is_on, is_test, created_at,
     slug, title, protocol, issuer, client_id, key_claim, on_changed_key)
SELECT %(organization)s, '', jsonb_build_object(), array[]::text[], true, false, now(), {}
FROM generate_series(1, {})
"""

_ASSERT = f"""
WITH school AS (
    {_CONNECT.format("'river', 'T', 'oidc', 'i', 'c', 'k', 'refuse'", 1)} RETURNING id
), way AS (
    INSERT INTO socialaccount_socialaccount
        (user_id, provider, uid, last_login, date_joined, extra_data)
    VALUES (%(account)s, 'river', 's', now(), now(), jsonb_build_object()) RETURNING id
)
INSERT INTO assertion
    (social_account_id, provider_id, asserted_key, settlement, accepted_id, asserted_at, tries)
SELECT way.id, school.id, 'k', {{}}, {{}}, now(), {{}} FROM way, school
"""

SIGN_ON = {
    "provider_slug_key": _CONNECT.format("'river', 'T', 'oidc', 'i', 'c', 'k', 'refuse'", 2),
    "a_slug_is_short_and_fit_for_addresses": _CONNECT.format(
        "'River U', 'T', 'oidc', 'i', 'c', 'k', 'refuse'", 1
    ),
    "a_provider_has_a_title_an_issuer_and_a_key_claim": _CONNECT.format(
        "'river', '', 'oidc', 'i', 'c', 'k', 'refuse'", 1
    ),
    "an_openid_connect_provider_knows_us_by_a_client_id": _CONNECT.format(
        "'river', 'T', 'oidc', 'i', '', 'k', 'refuse'", 1
    ),
    "a_rule_for_changed_keys_is_declared": _CONNECT.format(
        "'river', 'T', 'oidc', 'i', 'c', 'k', 'guess'", 1
    ),
    "a_settlement_is_declared": _ASSERT.format("'guessed'", "NULL", 0),
    "assertion_tries_check": _ASSERT.format("'unsettled'", "NULL", -1),
    "one_sign_in_per_assertion": f"""
        WITH school AS (
            {_CONNECT.format("'river', 'T', 'oidc', 'i', 'c', 'k', 'refuse'", 1)} RETURNING id
        )
        INSERT INTO seen_assertion (provider_id, digest, expires_at)
        SELECT id, 'x', now() FROM school CROSS JOIN generate_series(1, 2)
    """,
    "a_bound_assertion_says_to_what": _ASSERT.format("'bound'", "NULL", 0),
}

_PROVE = """
    WITH made AS (
        INSERT INTO account_emailaddress (user_id, email, verified, "primary")
        VALUES (%(account)s, 'mira@lake.example', false, false) RETURNING id
    )
    INSERT INTO address_proof (address_id, proven_at, tries, answer)
    SELECT id, now(), 0, {} FROM made CROSS JOIN generate_series(1, {})
"""

ADDRESSES = {
    "address_proof_address_id_key": _PROVE.format("NULL", 2),
    "an_answered_proof_says_when_and_how": _PROVE.format("'bound'", 1),
}

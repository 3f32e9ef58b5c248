package io.sharedredis.identity.signingkeys;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a replica knows of the table at one moment.
 *
 * @param published public keys of all rows
 * @param signer the newest active key that this replica can open; absent when there is none
 */
record KeySet(JWKSet published, @Nullable RSAKey signer, Instant readAt) {}

/**
 * The OpenID Connect provider of the farm: accounts, sign-in pages, protocol endpoints and signing
 * keys, all kept in PostgreSQL and Redis so that any replica can answer any request.
 */
@NullMarked
package io.sharedredis.identity;

import org.jspecify.annotations.NullMarked;

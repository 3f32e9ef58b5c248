/**
 * Keys that sign tokens: made once for the farm, kept encrypted in PostgreSQL, shared by all
 * replicas.
 */
@NullMarked
package io.sharedredis.identity.signingkeys;

import org.jspecify.annotations.NullMarked;

/**
 * Entra ID tokens as passwords of Redis (Azure Managed Redis, Azure Cache for Redis): fetched,
 * renewed before they expire, and sent on the connections that stand.
 */
@NullMarked
package io.sharedredis.azure.redis;

import org.jspecify.annotations.NullMarked;

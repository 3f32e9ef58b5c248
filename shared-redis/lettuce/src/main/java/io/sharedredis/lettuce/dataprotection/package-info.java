/**
 * The key ring in Redis: ASP.NET Core's list, with creation decided by the store and changes
 * announced to every replica.
 */
@NullMarked
package io.sharedredis.lettuce.dataprotection;

import org.jspecify.annotations.NullMarked;

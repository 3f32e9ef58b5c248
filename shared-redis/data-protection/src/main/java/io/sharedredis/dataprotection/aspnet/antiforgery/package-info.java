/** Antiforgery tokens: the pair of cookie and request token. */
@NullMarked
package io.sharedredis.dataprotection.aspnet.antiforgery;

import org.jspecify.annotations.NullMarked;

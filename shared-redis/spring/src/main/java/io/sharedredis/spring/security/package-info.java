/**
 * What Spring Security needs to work on any replica: antiforgery tokens in ASP.NET Core's format
 * and the state of a sign-in under way, both sealed by the key ring instead of kept on a server.
 */
@NullMarked
package io.sharedredis.spring.security;

import org.jspecify.annotations.NullMarked;

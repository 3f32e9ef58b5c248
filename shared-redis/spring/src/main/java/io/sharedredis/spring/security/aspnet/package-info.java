/**
 * Users of ASP.NET Core in Spring Security: signed in by its authentication cookie, by the password
 * hashes of its Identity database, and the cookie issued so that it sees ours.
 */
@NullMarked
package io.sharedredis.spring.security.aspnet;

import org.jspecify.annotations.NullMarked;

/** Tokens and password hashes of ASP.NET Core Identity. */
@NullMarked
package io.sharedredis.dataprotection.aspnet.identity;

import org.jspecify.annotations.NullMarked;

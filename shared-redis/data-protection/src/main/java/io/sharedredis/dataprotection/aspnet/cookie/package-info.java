/** Cookies of ASP.NET Core: names, chunks, the authentication cookie. */
@NullMarked
package io.sharedredis.dataprotection.aspnet.cookie;

import org.jspecify.annotations.NullMarked;

/** Users of ASP.NET Core: its authentication cookie and the password hashes of its Identity. */
@NullMarked
package io.sharedredis.starter.aspnet;

import org.jspecify.annotations.NullMarked;

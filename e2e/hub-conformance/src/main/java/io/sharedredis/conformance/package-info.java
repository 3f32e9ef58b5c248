/**
 * The conformance app: the Java twin of the ASP.NET Core server whose talk was recorded, route for
 * route and hub for hub. It uses the starter as any application does.
 */
@NullMarked
package io.sharedredis.conformance;

import org.jspecify.annotations.NullMarked;

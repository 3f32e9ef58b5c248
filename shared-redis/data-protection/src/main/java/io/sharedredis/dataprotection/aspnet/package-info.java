/**
 * What ASP.NET Core itself puts into protected payloads, so that applications of both kinds can
 * share it: the purposes, the bytes, the text forms.
 */
@NullMarked
package io.sharedredis.dataprotection.aspnet;

import org.jspecify.annotations.NullMarked;

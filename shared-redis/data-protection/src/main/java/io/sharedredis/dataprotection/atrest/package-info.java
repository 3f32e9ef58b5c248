/**
 * Encryption of master keys before they are stored: the interfaces for it, and the certificate form
 * that ASP.NET Core reads.
 */
@NullMarked
package io.sharedredis.dataprotection.atrest;

import org.jspecify.annotations.NullMarked;

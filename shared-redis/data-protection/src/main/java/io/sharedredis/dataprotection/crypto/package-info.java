/**
 * The bytes of a protected payload: purposes, key derivation, authenticated encryption, text form.
 * Public for the other packages of this module; not an API.
 */
@NullMarked
package io.sharedredis.dataprotection.crypto;

import org.jspecify.annotations.NullMarked;

package io.sharedredis.webspa.ordering;

/** Where an order goes. */
record Address(String street, String city, String state, String country, String zipCode) {}

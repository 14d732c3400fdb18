package dev.offshoot.cli;

/**
 * One document as text, and where it begins.
 *
 * @param line from 1
 * @param number which document of its file, from 1
 */
record JsonText(String text, long line, long number) {}

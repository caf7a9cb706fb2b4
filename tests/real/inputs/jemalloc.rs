// SPDX-License-Identifier: Apache-2.0
//! A program whose global allocator is jemalloc, called as the jemallocator crates call it: blocks
//! of usual alignment by malloc, others by mallocx, all given back by sdallocx.
use std::alloc::{GlobalAlloc, Layout};
use std::os::raw::{c_int, c_void};

extern "C" {
    fn malloc(size: usize) -> *mut c_void;
    fn calloc(count: usize, size: usize) -> *mut c_void;
    fn mallocx(size: usize, flags: c_int) -> *mut c_void;
    fn rallocx(block: *mut c_void, size: usize, flags: c_int) -> *mut c_void;
    fn sdallocx(block: *mut c_void, size: usize, flags: c_int);
}

struct Jemalloc;

/// MALLOCX_ALIGN, or 0 where every block is aligned so.
fn flags(layout: &Layout) -> c_int {
    if layout.align() <= 16 && layout.align() <= layout.size() {
        0
    } else {
        layout.align().trailing_zeros() as c_int
    }
}

unsafe impl GlobalAlloc for Jemalloc {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match flags(&layout) {
            0 => malloc(layout.size()) as *mut u8,
            flags => mallocx(layout.size(), flags) as *mut u8,
        }
    }
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        match flags(&layout) {
            0 => calloc(1, layout.size()) as *mut u8,
            flags => mallocx(layout.size(), flags | 0x40) as *mut u8,
        }
    }
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        sdallocx(block as *mut c_void, layout.size(), flags(&layout))
    }
    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        rallocx(block as *mut c_void, size, flags(&layout)) as *mut u8
    }
}

#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

#[repr(align(64))]
struct Line([u8; 640]);

/// Of a thousand of each kind ten are forgotten.
#[inline(never)]
fn forget_some(nth: usize) -> usize {
    let text = vec![b'x'; 4321];
    let line = Box::new(Line([nth as u8; 640]));
    let sum = text.len() + line.0[0] as usize;
    if nth % 100 == 0 {
        std::mem::forget((text, line));
    }
    sum
}

#[inline(never)]
fn grow(count: usize) -> usize {
    let mut numbers = Vec::new();
    for n in 0..count as u64 {
        numbers.push(n);
    }
    numbers.len()
}

fn main() {
    let sum: usize = (0..1000).map(forget_some).sum();
    println!("{} {}", sum, grow(100000));
}

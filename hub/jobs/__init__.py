"""What runs by itself: schedules, queues, workers."""

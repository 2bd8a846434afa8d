/// One job as its row says it is.
package struct Job: Sendable, Equatable {
    package let id: JobID
    package let owner: OwnerID
    package let request: ImageRequest
    package let createdAt: Timestamp
    /// Attempts begun, hand-backs not counted.
    package let attempt: Int
    package let fence: Fence
    package let state: JobState

    package init(
        id: JobID,
        owner: OwnerID,
        request: ImageRequest,
        createdAt: Timestamp,
        attempt: Int,
        fence: Fence,
        state: JobState
    ) {
        self.id = id
        self.owner = owner
        self.request = request
        self.createdAt = createdAt
        self.attempt = attempt
        self.fence = fence
        self.state = state
    }
}

/// A job that was checked and is about to be recorded.
package struct NewJob: Sendable, Equatable {
    package let id: JobID
    package let owner: OwnerID
    package let request: ImageRequest

    package init(id: JobID, owner: OwnerID, request: ImageRequest) {
        self.id = id
        self.owner = owner
        self.request = request
    }
}

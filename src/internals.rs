//! What tests, fuzz targets and benchmarks reach of the inside: the faces of all folders. Nothing in it is stable.

/// [`crate::build`]
pub mod build {
    pub use crate::build::*;
    /// [`crate::build::incremental`]
    pub mod incremental {
        pub use crate::build::incremental::*;
    }
    /// [`crate::build::output`]
    pub mod output {
        pub use crate::build::output::*;
    }
    /// [`crate::build::watch`]
    pub mod watch {
        pub use crate::build::watch::*;
    }
}
/// [`crate::config`]
pub mod config {
    pub use crate::config::*;
    /// [`crate::config::yaml`]
    pub mod yaml {
        pub use crate::config::yaml::*;
    }
}
/// [`crate::content`]
pub mod content {
    pub use crate::content::*;
    /// [`crate::content::assets`]
    pub mod assets {
        pub use crate::content::assets::*;
    }
    /// [`crate::content::document`]
    pub mod document {
        pub use crate::content::document::*;
    }
    /// [`crate::content::markdown`]
    pub mod markdown {
        pub use crate::content::markdown::*;
    }
}
/// [`crate::diagnostics`]
pub mod diagnostics {
    pub use crate::diagnostics::*;
    /// [`crate::diagnostics::messages`]
    pub mod messages {
        pub use crate::diagnostics::messages::*;
    }
}
/// [`crate::render`]
pub mod render {
    pub use crate::render::*;
    /// [`crate::render::outputs`]
    pub mod outputs {
        pub use crate::render::outputs::*;
    }
    /// [`crate::render::queries`]
    pub mod queries {
        pub use crate::render::queries::*;
    }
    /// [`crate::render::views`]
    pub mod views {
        pub use crate::render::views::*;
    }
}
/// [`crate::serve`]
pub mod serve {
    pub use crate::serve::*;
}
/// [`crate::site`]
pub mod site {
    pub use crate::site::*;
    /// [`crate::site::routes`]
    pub mod routes {
        pub use crate::site::routes::*;
    }
}
/// [`crate::text`]
pub mod text {
    pub use crate::text::*;
}
/// [`crate::theme`]
pub mod theme {
    pub use crate::theme::*;
}
/// [`crate::world`]
pub mod world {
    pub use crate::world::*;
}
